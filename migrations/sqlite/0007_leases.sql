-- Jobs of several instances: one holds a lease at a time. `fence` grows with each new holder; every step of a job asks whether its own
-- still counts, so that one that stalled past its time changes nothing.
CREATE TABLE lease (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,                       -- a random word of the instance's
    until  INTEGER NOT NULL,                    -- after this moment anybody may take it
    fence  INTEGER NOT NULL
) STRICT;

-- Which copies ended since an instance last asked: it stops its running answers (P3).
CREATE INDEX copy_key_gone ON copy (key_gone_at);
