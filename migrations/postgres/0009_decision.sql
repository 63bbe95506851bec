-- The complete decision: drafts and requests sent back, the co-ordinator's parts, representations, rulings, instructions.
ALTER TABLE release DROP CONSTRAINT release_stage_check;
ALTER TABLE release ADD CONSTRAINT release_stage_check CHECK (stage IN ('draft', 'requested', 'returned', 'closed', 'live', 'voided', 'recalled'));
ALTER TABLE release ADD COLUMN returned_by TEXT;
ALTER TABLE release ADD COLUMN returned_at BIGINT;                 -- absent: not back with the officer
ALTER TABLE release ADD COLUMN source_index TEXT;                  -- keyed hash of the officer's own source reference; absent: none
ALTER TABLE release ADD COLUMN origin_id TEXT REFERENCES release (id); -- the other area's release that this one follows (K7.6); absent: none
CREATE INDEX release_source ON release (source_index);

-- One saved part of the co-ordinator's decision (K7.7.1).
CREATE TABLE consideration (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES release (id),
    part       TEXT NOT NULL CHECK (part IN ('material', 'grounds', 'risk', 'japan', 'outcome', 'notice', 'recipients', 'records')),
    body       BYTEA NOT NULL,                   -- the answers, under the records key
    saved_by   TEXT NOT NULL REFERENCES person (id),
    saved_at   BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    UNIQUE (release_id, part)
);

-- What the person said against disclosure (O3.2.3). Never changed, never removed.
CREATE TABLE representation (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES release (id),
    received_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    body        BYTEA NOT NULL                   -- what was said, under the records key
);
CREATE INDEX representation_release ON representation (release_id);

-- What a higher rank decided (O3.2.3, O3.2.4). Never changed but for when the person was told.
CREATE TABLE ruling (
    id           TEXT PRIMARY KEY,
    release_id   TEXT NOT NULL REFERENCES release (id),
    question     TEXT NOT NULL CHECK (question IN ('representations', 'outcome')),
    disclose     BOOLEAN NOT NULL,
    body         BYTEA NOT NULL,                 -- the reasons, under the records key
    decided_by   TEXT NOT NULL REFERENCES person (id),
    decided_at   BIGINT NOT NULL,
    statement_id TEXT NOT NULL REFERENCES statement (id),
    told_at      BIGINT,                       -- absent: the person was not told yet
    told_by      TEXT REFERENCES person (id)
);
CREATE INDEX ruling_release ON ruling (release_id);

-- The member businesses to whom a scheme's manager may show a release (K7.4).
CREATE TABLE instruction (
    release_id TEXT NOT NULL REFERENCES release (id),
    member_id  TEXT NOT NULL REFERENCES member (id),
    PRIMARY KEY (release_id, member_id)
);
