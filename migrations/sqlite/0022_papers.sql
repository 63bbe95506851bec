-- Records of no case fall due too (K9.1): businesses that left a register, undertakings of people who receive no more, and the log's
-- bodies, month by month.
-- SQLite takes a condition away only by making the table anew. Nothing refers to it.
CREATE TABLE disposal_before AS SELECT * FROM disposal;
DROP TABLE disposal;
CREATE TABLE disposal (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('case', 'request', 'entry', 'undertaking', 'log')),
    subject_id  TEXT NOT NULL,                  -- a release's identifier, or `member-<id>`, `signer-<id>`, `log-<year>-<month>`; no reference, since its row goes
    area_id     TEXT REFERENCES area (id),      -- absent: the log's, which is of all areas
    urn         TEXT NOT NULL,                  -- empty: it never had a number
    ended       TEXT NOT NULL,                  -- the last day
    due         TEXT NOT NULL,                  -- the first day on which it was due
    years       INTEGER NOT NULL,               -- its period, as it was in force
    source      TEXT NOT NULL,                  -- and where that came from
    keep_until  TEXT,                           -- proposed: kept on through this day; absent: disposed of
    body        BLOB NOT NULL,                  -- why, under the records key; empty: lost in a disaster
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    proposal    TEXT NOT NULL,                  -- the signed statement; empty: lost in a disaster
    agreed      INTEGER CHECK (agreed IN (0, 1)), -- absent: nobody else has decided yet
    answer      BLOB,                           -- what the second person said, under the records key
    decided_by  TEXT,
    decided_at  INTEGER,
    decision    TEXT,                           -- the signed statement; empty: lost in a disaster
    goes_from   INTEGER,                        -- agreed: not before this moment
    erased_at   INTEGER,                        -- rows and the bodies of log entries erased
    remaining   TEXT NOT NULL,                  -- names of sealed files still to be deleted, with spaces between
    gone_at     INTEGER                         -- every file deleted and read back as gone
) STRICT;
INSERT INTO disposal (id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining, gone_at)
    SELECT id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining, gone_at FROM disposal_before;
DROP TABLE disposal_before;
CREATE INDEX disposal_subject ON disposal (subject_id);
CREATE INDEX disposal_area ON disposal (area_id, erased_at);
CREATE UNIQUE INDEX disposal_open ON disposal (subject_id) WHERE agreed IS NULL;

-- When somebody was supplied last, once the cases with their copies are gone; absent: none has gone. Their undertaking's period counts from it.
ALTER TABLE person ADD COLUMN supplied_at INTEGER;
