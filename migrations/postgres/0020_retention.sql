-- Retention (K9.1): reviews before disposal by two people, what was disposed of, and legal holds. What is disposed of loses every row but
-- its line in the register of issues, whose numbers have no gaps (K8.3).
ALTER TABLE issue ALTER COLUMN release_id DROP NOT NULL;
ALTER TABLE issue ADD COLUMN disposed_at BIGINT; -- absent: its records are kept

-- One review: what was proposed, what a second person said, and what became of it. It stays for good: it is the record of disposal.
CREATE TABLE disposal (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('case', 'request')),
    subject_id  TEXT NOT NULL,                  -- the release; no reference, since its row goes
    area_id     TEXT NOT NULL REFERENCES area (id),
    urn         TEXT NOT NULL,                  -- empty: it never had a number
    ended       TEXT NOT NULL,                  -- the last day
    due         TEXT NOT NULL,                  -- the first day on which it was due
    years       BIGINT NOT NULL,               -- its period, as it was in force
    source      TEXT NOT NULL,                  -- and where that came from
    keep_until  TEXT,                           -- proposed: kept on through this day; absent: disposed of
    body        BYTEA NOT NULL,                  -- why, under the records key; empty: lost in a disaster
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposal    TEXT NOT NULL,                  -- the signed statement; empty: lost in a disaster
    agreed      BOOLEAN,                        -- absent: nobody else has decided yet
    answer      BYTEA,                           -- what the second person said, under the records key
    decided_by  TEXT,
    decided_at  BIGINT,
    decision    TEXT,                           -- the signed statement; empty: lost in a disaster
    goes_from   BIGINT,                        -- agreed: not before this moment
    erased_at   BIGINT,                        -- rows and the bodies of log entries erased
    remaining   TEXT NOT NULL,                  -- names of sealed files still to be deleted, with spaces between
    gone_at     BIGINT                          -- every file deleted and read back as gone
);
CREATE INDEX disposal_subject ON disposal (subject_id);
CREATE INDEX disposal_area ON disposal (area_id, erased_at);
CREATE UNIQUE INDEX disposal_open ON disposal (subject_id) WHERE agreed IS NULL;

CREATE TABLE legal_hold (
    id         TEXT PRIMARY KEY,
    scope      TEXT NOT NULL CHECK (scope IN ('release', 'scheme', 'person')),
    subject_id TEXT NOT NULL,                   -- the release; the scheme or person whose releases in this area are held
    area_id    TEXT NOT NULL REFERENCES area (id),
    body       BYTEA NOT NULL,                   -- why, under the records key
    placed_by  TEXT NOT NULL REFERENCES person (id),
    placed_at  BIGINT NOT NULL,
    lift       BYTEA,                            -- why it was lifted, under the records key
    lifted_by  TEXT REFERENCES person (id),
    lifted_at  BIGINT                          -- absent: it stands
);
CREATE INDEX legal_hold_subject ON legal_hold (subject_id);
