-- The complete decision: drafts and requests sent back, the co-ordinator's parts, representations, rulings, instructions.
-- SQLite changes a condition only by making the table anew. Deferred, the references to it are checked at the end, when every row
-- is back under its identifier.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE release_before AS SELECT * FROM release;
DROP TABLE release;
CREATE TABLE release (
    id            TEXT PRIMARY KEY,
    area_id       TEXT NOT NULL REFERENCES area (id),
    requested_by  TEXT NOT NULL REFERENCES person (id),
    requested_at  INTEGER NOT NULL,             -- of a draft: when it was begun
    stage         TEXT NOT NULL CHECK (stage IN ('draft', 'requested', 'returned', 'closed', 'live', 'voided', 'recalled')),
    closed_by     TEXT,
    closed_at     INTEGER,
    authorised_by TEXT,
    authorised_at INTEGER,
    urn           TEXT UNIQUE,
    until         INTEGER,
    recalled_by   TEXT,                         -- or voided by
    recalled_at   INTEGER,
    danger        INTEGER NOT NULL CHECK (danger IN (0, 1)),
    file          BLOB NOT NULL,                -- the case file, under the records key
    draft         BLOB,                         -- the words that would leave; erased at authority
    text_object   TEXT,                         -- the released words, sealed to the unit
    text_sha256   TEXT,                         -- of the released words; absent: no words
    version       INTEGER NOT NULL,
    returned_by   TEXT,
    returned_at   INTEGER,                      -- absent: not back with the officer
    source_index  TEXT,                         -- keyed hash of the officer's own source reference; absent: none
    origin_id     TEXT REFERENCES release (id)  -- the other area's release that this one follows (K7.6); absent: none
) STRICT;
INSERT INTO release (id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version)
    SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version FROM release_before;
DROP TABLE release_before;
CREATE INDEX release_area ON release (area_id, requested_at);
CREATE INDEX release_requester ON release (requested_by, requested_at);
CREATE INDEX release_source ON release (source_index);
CREATE INDEX release_text_object ON release (text_object);

-- One saved part of the co-ordinator's decision (K7.7.1).
CREATE TABLE consideration (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES release (id),
    part       TEXT NOT NULL CHECK (part IN ('material', 'grounds', 'risk', 'japan', 'outcome', 'notice', 'recipients', 'records')),
    body       BLOB NOT NULL,                   -- the answers, under the records key
    saved_by   TEXT NOT NULL REFERENCES person (id),
    saved_at   INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    UNIQUE (release_id, part)
) STRICT;

-- What the person said against disclosure (O3.2.3). Never changed, never removed.
CREATE TABLE representation (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES release (id),
    received_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at INTEGER NOT NULL,
    body        BLOB NOT NULL                   -- what was said, under the records key
) STRICT;
CREATE INDEX representation_release ON representation (release_id);

-- What a higher rank decided (O3.2.3, O3.2.4). Never changed but for when the person was told.
CREATE TABLE ruling (
    id           TEXT PRIMARY KEY,
    release_id   TEXT NOT NULL REFERENCES release (id),
    question     TEXT NOT NULL CHECK (question IN ('representations', 'outcome')),
    disclose     INTEGER NOT NULL CHECK (disclose IN (0, 1)),
    body         BLOB NOT NULL,                 -- the reasons, under the records key
    decided_by   TEXT NOT NULL REFERENCES person (id),
    decided_at   INTEGER NOT NULL,
    statement_id TEXT NOT NULL REFERENCES statement (id),
    told_at      INTEGER,                       -- absent: the person was not told yet
    told_by      TEXT REFERENCES person (id)
) STRICT;
CREATE INDEX ruling_release ON ruling (release_id);

-- The member businesses to whom a scheme's manager may show a release (K7.4).
CREATE TABLE instruction (
    release_id TEXT NOT NULL REFERENCES release (id),
    member_id  TEXT NOT NULL REFERENCES member (id),
    PRIMARY KEY (release_id, member_id)
) STRICT;
