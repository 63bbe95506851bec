-- Whose key it is: passkeys, ceremonies under way, and what the root and the co-ordinators have signed (DESIGN §5).
CREATE TABLE passkey (
    id         TEXT PRIMARY KEY,                -- credential id, base64url without padding
    person_id  TEXT NOT NULL REFERENCES person (id),
    wrap_id    TEXT REFERENCES identity_wrap (id),  -- absent: it signs in but cannot unlock
    name       TEXT NOT NULL,                   -- what its owner calls it
    credential TEXT NOT NULL,                   -- public key and counter, as JSON
    created_at BIGINT NOT NULL,
    used_at    BIGINT                          -- absent: never
);
CREATE INDEX passkey_person ON passkey (person_id);

CREATE TABLE ceremony (
    id         TEXT PRIMARY KEY,
    person_id  TEXT,                            -- absent: nobody is known yet
    kind       TEXT NOT NULL CHECK (kind IN ('sign-in', 'enrol', 'add', 'touch')),
    state      TEXT NOT NULL,                   -- the library's challenge and demands, as JSON; used once
    expires_at BIGINT NOT NULL
);

-- Never edited: a key that was certified stays certified for what it signed then (docs/formats/approval.md).
CREATE TABLE approval (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('approve', 'unit')),
    object     TEXT NOT NULL,                   -- person/<id> or area/<id>
    signer     TEXT NOT NULL,                   -- root, or a person's id
    document   BYTEA NOT NULL,
    note       TEXT NOT NULL UNIQUE,
    added_at   BIGINT NOT NULL
);
CREATE INDEX approval_object ON approval (object);

-- Somebody lost every way of unlocking: how they were verified before their keys and copies ended (never a word of a case).
CREATE TABLE renewal (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    by_person  TEXT NOT NULL,
    verified   TEXT NOT NULL,
    copies     BIGINT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX renewal_person ON renewal (person_id);

-- A unit's keys that came before the one in `area`: originals of ended releases stay under them, and openable, for their retention.
CREATE TABLE unit_key (
    area_id   TEXT NOT NULL REFERENCES area (id),
    recipient TEXT NOT NULL,
    box       BYTEA NOT NULL,                    -- the identity, sealed to those who hold it now
    ended_at  BIGINT NOT NULL,
    PRIMARY KEY (area_id, recipient)
);

-- To whom a unit's boxes were sealed, as the sealing browser said. Kept when somebody leaves: they have known the key.
CREATE TABLE unit_holder (
    area_id   TEXT NOT NULL REFERENCES area (id),
    unit      TEXT NOT NULL,                    -- which of the unit's keys
    recipient TEXT NOT NULL,                    -- whose box it is
    person_id TEXT REFERENCES person (id),      -- absent: the break-glass key
    since     BIGINT NOT NULL,
    until     BIGINT,                          -- the box was sealed anew without them; absent: they open it
    PRIMARY KEY (area_id, unit, recipient)
);

-- Under which of a unit's keys each original lies: photographs and released words.
CREATE TABLE unit_sealed (
    object   TEXT PRIMARY KEY,                  -- in the vault
    area_id  TEXT NOT NULL REFERENCES area (id),
    unit     TEXT NOT NULL,
    replaces TEXT                               -- the object it will take the place of, once compared; absent: it counts
);
CREATE INDEX unit_sealed_replaces ON unit_sealed (replaces);
