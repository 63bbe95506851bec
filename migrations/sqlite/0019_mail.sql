-- Telling people (decision 0039): messages in the portal, mail about them, what the jobs did last, and inspections of storage (K8.2).

-- One thing that somebody is told. What it is about is an identifier; words are the page's.
CREATE TABLE message (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    topic      TEXT NOT NULL,
    object     TEXT NOT NULL,                   -- what a link leads to, as in the log; of several things: empty
    source     TEXT NOT NULL,                   -- what it came from: told once
    created_at INTEGER NOT NULL,
    read_at    INTEGER,                         -- absent: not read
    post       TEXT NOT NULL CHECK (post IN ('none', 'at-once', 'digest')), -- how it is mailed
    mail_id    TEXT REFERENCES mail (id),       -- absent: in no mail
    UNIQUE (person_id, source)
) STRICT;
CREATE INDEX message_post ON message (mail_id, post);

-- What of a day's reminder is told with it: each stage of each date once.
CREATE TABLE reminder (
    person_id  TEXT NOT NULL REFERENCES person (id),
    source     TEXT NOT NULL,
    object     TEXT NOT NULL,
    due        INTEGER NOT NULL,
    stage      TEXT NOT NULL,
    message_id TEXT NOT NULL REFERENCES message (id),
    PRIMARY KEY (person_id, source, object, due, stage)
) STRICT;
CREATE INDEX reminder_message ON reminder (message_id);

-- How far the log has been told about, and the last day with a digest, and with reminders. One row. What happened before this step
-- is not told.
CREATE TABLE message_cursor (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    next         INTEGER NOT NULL,
    digest_day   TEXT NOT NULL,                 -- empty: there was none
    reminder_day TEXT NOT NULL                  -- empty: there was none
) STRICT;
INSERT INTO message_cursor (id, next, digest_day, reminder_day) SELECT 1, COALESCE(MAX(size), 0), '', '' FROM log_head;

-- How somebody is told by mail. No row: a digest, to the account's address.
CREATE TABLE mailbox (
    person_id  TEXT PRIMARY KEY REFERENCES person (id),
    choice     TEXT NOT NULL CHECK (choice IN ('at-once', 'digest', 'none')),
    address    TEXT,                            -- absent: the account's own
    changed_at INTEGER NOT NULL
) STRICT;

-- The outbox. What was there before is the demo's.
ALTER TABLE mail ADD COLUMN state TEXT NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'waiting', 'sent', 'undeliverable'));
ALTER TABLE mail ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN next_at INTEGER;    -- absent: it is not tried again
ALTER TABLE mail ADD COLUMN ended_at INTEGER;   -- when it was sent or given up; absent: neither
ALTER TABLE mail ADD COLUMN refusal TEXT;       -- what the relay said last; absent: nothing
CREATE INDEX mail_state ON mail (state, next_at);

-- What each job did last, whichever instance did it.
CREATE TABLE job (
    name         TEXT PRIMARY KEY,
    instance     TEXT NOT NULL,
    began_at     INTEGER NOT NULL,
    took_ms      INTEGER NOT NULL,
    well_at      INTEGER,                       -- absent: it has never gone well
    failed_since INTEGER,                       -- absent: it went well last
    incident     TEXT                           -- of the last failure; absent: it went well last
) STRICT;

-- An inspection of where a holder keeps what they hold (K8.2). Never removed.
CREATE TABLE inspection (
    id          TEXT PRIMARY KEY,
    scheme_id   TEXT NOT NULL REFERENCES scheme (id),
    holder      TEXT NOT NULL REFERENCES person (id),
    stage       TEXT NOT NULL CHECK (stage IN ('planned', 'made', 'closed', 'called-off')),
    planned_for TEXT NOT NULL,                  -- a day
    planned_by  TEXT NOT NULL REFERENCES person (id),
    planned_at  INTEGER NOT NULL,
    made_on     TEXT,                           -- a day; absent: not made
    made_by     TEXT REFERENCES person (id),
    made_at     INTEGER,
    follow_up   TEXT,                           -- the day by which it is to be put right; absent: nothing is
    ended_by    TEXT REFERENCES person (id),
    ended_at    INTEGER,                        -- absent: not closed, nor called off
    body        BLOB NOT NULL,                  -- who goes, what was found and done, under the records key
    version     INTEGER NOT NULL
) STRICT;
CREATE INDEX inspection_scheme ON inspection (scheme_id, stage);
