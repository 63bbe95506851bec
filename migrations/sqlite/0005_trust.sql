-- Whose key it is: passkeys, ceremonies under way, and what the root and the co-ordinators have signed (DESIGN §5).
CREATE TABLE passkey (
    id         TEXT PRIMARY KEY,                -- credential id, base64url without padding
    person_id  TEXT NOT NULL REFERENCES person (id),
    wrap_id    TEXT REFERENCES identity_wrap (id),  -- absent: it signs in but cannot unlock
    name       TEXT NOT NULL,                   -- what its owner calls it
    credential TEXT NOT NULL,                   -- public key and counter, as JSON
    created_at INTEGER NOT NULL,
    used_at    INTEGER                          -- absent: never
) STRICT;
CREATE INDEX passkey_person ON passkey (person_id);

CREATE TABLE ceremony (
    id         TEXT PRIMARY KEY,
    person_id  TEXT,                            -- absent: nobody is known yet
    kind       TEXT NOT NULL CHECK (kind IN ('sign-in', 'enrol', 'add', 'touch')),
    state      TEXT NOT NULL,                   -- the library's challenge and demands, as JSON; used once
    expires_at INTEGER NOT NULL
) STRICT;

-- Never edited: a key that was certified stays certified for what it signed then (docs/formats/approval.md).
CREATE TABLE approval (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('approve', 'unit')),
    object     TEXT NOT NULL,                   -- person/<id> or area/<id>
    signer     TEXT NOT NULL,                   -- root, or a person's id
    document   BLOB NOT NULL,
    note       TEXT NOT NULL UNIQUE,
    added_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_object ON approval (object);

-- Somebody lost every way of unlocking: how they were verified before their keys and copies ended (never a word of a case).
CREATE TABLE renewal (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    by_person  TEXT NOT NULL,
    verified   TEXT NOT NULL,
    copies     INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX renewal_person ON renewal (person_id);
