-- Papers attached to registers, and lists of initiatives.
-- Copies of the original signed agreements, open to inspection (K7.2). The bytes are in the vault under a key of their own, which
-- is wrapped under the records key; removing one nulls that key first. The row stays.
CREATE TABLE document (
    id            TEXT PRIMARY KEY,
    scheme_id     TEXT NOT NULL REFERENCES scheme (id),
    subject       TEXT NOT NULL CHECK (subject IN ('agreement', 'member', 'vetting')),
    subject_id    TEXT NOT NULL,                -- the scheme, the member business, the person
    media         TEXT NOT NULL CHECK (media IN ('pdf', 'jpeg', 'png')),
    bytes         BIGINT NOT NULL,
    sha256        TEXT NOT NULL,                -- of the uploaded bytes
    object        TEXT NOT NULL,                -- its name in the vault
    wrapped_key   BYTEA,                         -- absent: removed
    added_by      TEXT NOT NULL REFERENCES person (id),
    added_at      BIGINT NOT NULL,
    removed_by    TEXT REFERENCES person (id),
    removed_at    BIGINT,                      -- absent: it stands
    remove_reason TEXT NOT NULL
);
CREATE INDEX document_scheme ON document (scheme_id);

-- A named initiative, such as town-centre safety, and who is part of it (K8.8).
CREATE TABLE initiative (
    id       TEXT PRIMARY KEY,
    area_id  TEXT NOT NULL REFERENCES area (id),
    name     TEXT NOT NULL,
    about    TEXT NOT NULL,
    made_at  BIGINT NOT NULL,
    ended_at BIGINT                            -- absent: under way
);
CREATE INDEX initiative_area ON initiative (area_id);

CREATE TABLE initiative_entry (
    id            TEXT PRIMARY KEY,
    initiative_id TEXT NOT NULL REFERENCES initiative (id),
    scheme_id     TEXT NOT NULL REFERENCES scheme (id),
    member_id     TEXT REFERENCES member (id),  -- a business; absent: a person
    person_id     TEXT REFERENCES person (id),  -- a person; absent: a business
    added_at      BIGINT NOT NULL,
    removed_at    BIGINT                       -- absent: on the list
);
CREATE INDEX initiative_entry_initiative ON initiative_entry (initiative_id);

-- The sign-in before the newest one: their owner is shown it.
ALTER TABLE person ADD COLUMN signed_in_before BIGINT;
