-- Releases, photographs, copies. No plain words of a case stand here: `file` and `draft` are under the records key,
-- photographs and released text are sealed to the unit and to each recipient, in the vault.
CREATE TABLE release (
    id            TEXT PRIMARY KEY,
    area_id       TEXT NOT NULL REFERENCES area (id),
    requested_by  TEXT NOT NULL REFERENCES person (id),
    requested_at  INTEGER NOT NULL,
    stage         TEXT NOT NULL CHECK (stage IN ('requested', 'closed', 'live', 'recalled')),
    closed_by     TEXT,
    closed_at     INTEGER,
    authorised_by TEXT,
    authorised_at INTEGER,
    urn           TEXT UNIQUE,
    until         INTEGER,
    recalled_by   TEXT,
    recalled_at   INTEGER,
    danger        INTEGER NOT NULL CHECK (danger IN (0, 1)),
    file          BLOB NOT NULL,                -- the case file, under the records key
    draft         BLOB,                         -- the words that would leave; erased at authority
    text_object   TEXT,                         -- the released words, sealed to the unit
    text_sha256   TEXT,                         -- of the released words; absent: no words
    version       INTEGER NOT NULL
) STRICT;
CREATE INDEX release_area ON release (area_id, requested_at);
CREATE INDEX release_requester ON release (requested_by, requested_at);

CREATE TABLE issue (
    area_id     TEXT NOT NULL REFERENCES area (id),
    serial      INTEGER NOT NULL,
    urn         TEXT NOT NULL UNIQUE,
    release_id  TEXT NOT NULL REFERENCES release (id),
    issued_at   INTEGER NOT NULL,
    voided_at   INTEGER,                        -- absent: not voided
    void_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (area_id, serial)
) STRICT;

CREATE TABLE photograph (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES release (id),
    position   INTEGER NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    sha256     TEXT NOT NULL,                   -- of the uploaded bytes
    object     TEXT NOT NULL,                   -- the original, sealed to the unit
    UNIQUE (release_id, position)
) STRICT;

CREATE TABLE copy (
    id              TEXT PRIMARY KEY,
    release_id      TEXT NOT NULL REFERENCES release (id),
    holder          TEXT NOT NULL REFERENCES person (id),
    scheme_id       TEXT NOT NULL REFERENCES scheme (id),
    mark            TEXT NOT NULL UNIQUE,       -- stands beside the reference in the visible mark
    wrapped_key     BLOB,                       -- the second lock; NULL from expiry, recall or confirmation on
    sealed_at       INTEGER,
    acknowledged_at INTEGER,
    opened_at       INTEGER,
    key_gone_at     INTEGER,
    destroyed_at    INTEGER,                    -- blobs deleted and read back as gone
    confirmed_at    INTEGER,
    outcome         TEXT,
    statement_id    TEXT REFERENCES statement (id),
    ack_statement   TEXT REFERENCES statement (id),
    replaced_at     INTEGER                     -- the holder's keys were lost; another copy follows. absent: this one counts
) STRICT;
CREATE UNIQUE INDEX copy_one ON copy (release_id, holder) WHERE replaced_at IS NULL;
CREATE INDEX copy_holder ON copy (holder);

CREATE TABLE part (
    id            TEXT PRIMARY KEY,
    copy_id       TEXT NOT NULL REFERENCES copy (id),
    photograph_id TEXT REFERENCES photograph (id),  -- absent: the text
    rendition     TEXT NOT NULL CHECK (rendition IN ('screen', 'thumbnail', 'text')),
    position      INTEGER NOT NULL,
    object        TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    UNIQUE (copy_id, rendition, position)
) STRICT;
