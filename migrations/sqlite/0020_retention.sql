-- Retention (K9.1): reviews before disposal by two people, what was disposed of, and legal holds. What is disposed of loses every row but
-- its line in the register of issues, whose numbers have no gaps (K8.3).
-- SQLite takes a condition away only by making the table anew. Nothing refers to it.
CREATE TABLE issue_before AS SELECT * FROM issue;
DROP TABLE issue;
CREATE TABLE issue (
    area_id     TEXT NOT NULL REFERENCES area (id),
    serial      INTEGER NOT NULL,
    urn         TEXT NOT NULL UNIQUE,
    release_id  TEXT REFERENCES release (id),   -- absent: disposed of
    issued_at   INTEGER NOT NULL,
    voided_at   INTEGER,                        -- absent: not voided
    void_words  BLOB,                           -- under the records key; absent: not voided
    disposed_at INTEGER,                        -- absent: its records are kept
    PRIMARY KEY (area_id, serial)
) STRICT;
INSERT INTO issue (area_id, serial, urn, release_id, issued_at, voided_at, void_words)
    SELECT area_id, serial, urn, release_id, issued_at, voided_at, void_words FROM issue_before;
DROP TABLE issue_before;

-- One review: what was proposed, what a second person said, and what became of it. It stays for good: it is the record of disposal.
CREATE TABLE disposal (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('case', 'request')),
    subject_id  TEXT NOT NULL,                  -- the release; no reference, since its row goes
    area_id     TEXT NOT NULL REFERENCES area (id),
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
CREATE INDEX disposal_subject ON disposal (subject_id);
CREATE INDEX disposal_area ON disposal (area_id, erased_at);
CREATE UNIQUE INDEX disposal_open ON disposal (subject_id) WHERE agreed IS NULL;

CREATE TABLE legal_hold (
    id         TEXT PRIMARY KEY,
    scope      TEXT NOT NULL CHECK (scope IN ('release', 'scheme', 'person')),
    subject_id TEXT NOT NULL,                   -- the release; the scheme or person whose releases in this area are held
    area_id    TEXT NOT NULL REFERENCES area (id),
    body       BLOB NOT NULL,                   -- why, under the records key
    placed_by  TEXT NOT NULL REFERENCES person (id),
    placed_at  INTEGER NOT NULL,
    lift       BLOB,                            -- why it was lifted, under the records key
    lifted_by  TEXT REFERENCES person (id),
    lifted_at  INTEGER                          -- absent: it stands
) STRICT;
CREATE INDEX legal_hold_subject ON legal_hold (subject_id);
