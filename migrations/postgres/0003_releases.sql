-- Releases, photographs, copies. No plain words of a case stand here: `file` and `draft` are under the records key,
-- photographs and released text are sealed to the unit and to each recipient, in the vault.
CREATE TABLE release (
    id            TEXT PRIMARY KEY,
    area_id       TEXT NOT NULL REFERENCES area (id),
    requested_by  TEXT NOT NULL REFERENCES person (id),
    requested_at  BIGINT NOT NULL,
    stage         TEXT NOT NULL CHECK (stage IN ('requested', 'closed', 'live', 'recalled')),
    closed_by     TEXT,
    closed_at     BIGINT,
    authorised_by TEXT,
    authorised_at BIGINT,
    urn           TEXT UNIQUE,
    until         BIGINT,
    recalled_by   TEXT,
    recalled_at   BIGINT,
    danger        BOOLEAN NOT NULL,
    file          BYTEA NOT NULL,                -- the case file, under the records key
    draft         BYTEA,                         -- the words that would leave; erased at authority
    text_object   TEXT,                         -- the released words, sealed to the unit
    text_sha256   TEXT,                         -- of the released words; absent: no words
    version       BIGINT NOT NULL
);
CREATE INDEX release_area ON release (area_id, requested_at);
CREATE INDEX release_requester ON release (requested_by, requested_at);

CREATE TABLE issue (
    area_id     TEXT NOT NULL REFERENCES area (id),
    serial      BIGINT NOT NULL,
    urn         TEXT NOT NULL UNIQUE,
    release_id  TEXT NOT NULL REFERENCES release (id),
    issued_at   BIGINT NOT NULL,
    voided_at   BIGINT,                        -- absent: not voided
    void_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (area_id, serial)
);

CREATE TABLE photograph (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES release (id),
    position   BIGINT NOT NULL,
    width      BIGINT NOT NULL,
    height     BIGINT NOT NULL,
    sha256     TEXT NOT NULL,                   -- of the uploaded bytes
    object     TEXT NOT NULL,                   -- the original, sealed to the unit
    UNIQUE (release_id, position)
);

CREATE TABLE copy (
    id              TEXT PRIMARY KEY,
    release_id      TEXT NOT NULL REFERENCES release (id),
    holder          TEXT NOT NULL REFERENCES person (id),
    scheme_id       TEXT NOT NULL REFERENCES scheme (id),
    mark            TEXT NOT NULL UNIQUE,       -- stands beside the reference in the visible mark
    wrapped_key     BYTEA,                       -- the second lock; NULL from expiry, recall or confirmation on
    sealed_at       BIGINT,
    acknowledged_at BIGINT,
    opened_at       BIGINT,
    key_gone_at     BIGINT,
    destroyed_at    BIGINT,                    -- blobs deleted and read back as gone
    confirmed_at    BIGINT,
    outcome         TEXT,
    statement_id    TEXT REFERENCES statement (id),
    ack_statement   TEXT REFERENCES statement (id),
    replaced_at     BIGINT                     -- the holder's keys were lost; another copy follows. absent: this one counts
);
CREATE UNIQUE INDEX copy_one ON copy (release_id, holder) WHERE replaced_at IS NULL;
CREATE INDEX copy_holder ON copy (holder);

CREATE TABLE part (
    id            TEXT PRIMARY KEY,
    copy_id       TEXT NOT NULL REFERENCES copy (id),
    photograph_id TEXT REFERENCES photograph (id),  -- absent: the text
    rendition     TEXT NOT NULL CHECK (rendition IN ('screen', 'thumbnail', 'text')),
    position      BIGINT NOT NULL,
    object        TEXT NOT NULL,
    bytes         BIGINT NOT NULL,
    UNIQUE (copy_id, rendition, position)
);
