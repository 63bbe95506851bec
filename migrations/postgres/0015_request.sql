-- What an officer takes out of a request that was sent back stays on record, and is no part of the request any more (K6.4.1).
ALTER TABLE photograph ADD COLUMN removed_at BIGINT; -- absent: it is part of the request
