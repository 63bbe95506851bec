-- People, their keys and visits. Times: UTC milliseconds. Ids: UUIDv7 text. Days: YYYY-MM-DD.
CREATE TABLE area (
    id             TEXT PRIMARY KEY,
    code           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    unit_recipient TEXT NOT NULL,               -- age1…, the unit's identity; empty until the unit has made one
    unit_box       BYTEA NOT NULL,               -- that identity, sealed to each who holds it and to the break-glass key
    next_recipient TEXT,                        -- the identity that will follow, until the root has signed it; absent: none
    next_box       BYTEA,
    next_serial    BIGINT NOT NULL CHECK (next_serial > 0)  -- K8.3: a counter row, never a sequence
);

CREATE TABLE person (
    id           TEXT PRIMARY KEY,
    email_key    TEXT NOT NULL UNIQUE,          -- keyed hash: no name or address stands in an index
    email        TEXT NOT NULL,
    name         TEXT NOT NULL,
    auth_hash    TEXT NOT NULL,                 -- argon2id of the sign-in half of the passphrase; empty: passkeys only
    recovery_hash TEXT NOT NULL,                -- argon2id of the sign-in half of the recovery code; empty: used up
    totp_secret  BYTEA NOT NULL,                 -- under the records key
    totp_step    BIGINT NOT NULL DEFAULT 0,    -- the last step used: each code works once
    recipient    TEXT NOT NULL,                 -- age1…; empty: keys lost, to be made anew
    signing_key  TEXT NOT NULL,                 -- Ed25519, base64
    suspended    BOOLEAN NOT NULL DEFAULT FALSE,
    version      BIGINT NOT NULL DEFAULT 1,    -- every change ends every visit begun before it
    created_at   BIGINT NOT NULL,
    signed_in_at BIGINT                        -- absent: never
);

CREATE TABLE identity_wrap (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    kind       TEXT NOT NULL CHECK (kind IN ('passphrase', 'recovery', 'passkey')),
    identity   TEXT NOT NULL,                   -- base64 of nonce and wrapped X25519 key
    signing    TEXT NOT NULL,                   -- base64 of nonce and wrapped Ed25519 key
    created_at BIGINT NOT NULL
);
CREATE INDEX identity_wrap_person ON identity_wrap (person_id);

CREATE TABLE grant_held (
    person_id TEXT NOT NULL REFERENCES person (id),
    role      TEXT NOT NULL,
    area_id   TEXT REFERENCES area (id),        -- absent: not a role of one area
    scheme_id TEXT,                             -- absent: not a role of one scheme
    UNIQUE (person_id, role, area_id, scheme_id)
);
CREATE INDEX grant_held_scheme ON grant_held (scheme_id);

CREATE TABLE visit (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    version    BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    fresh_at   BIGINT NOT NULL,                -- when it was last proved who is there (touch or code)
    client     TEXT NOT NULL,                   -- address it began from
    device     TEXT NOT NULL,                   -- browser and system, in words
    purpose    TEXT,                            -- asked once a visit (K6.2.3); absent: not asked yet
    ended_at   BIGINT                          -- absent: not ended
);
CREATE INDEX visit_person ON visit (person_id);

CREATE TABLE invitation (
    id          TEXT PRIMARY KEY,
    token_hash  TEXT NOT NULL UNIQUE,           -- SHA-256 of the link's secret
    email       TEXT NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    area_id     TEXT REFERENCES area (id),
    scheme_id   TEXT,
    person_id   TEXT NOT NULL,                  -- the identifier they will have: their keys are bound to it
    wrap_id     TEXT NOT NULL,
    recovery_id TEXT NOT NULL,
    totp_secret BYTEA NOT NULL,                  -- under the records key
    invited_by  TEXT NOT NULL,                  -- a person, or `portal` for the first administrator
    renews      BOOLEAN NOT NULL,  -- 1: somebody who lost their keys makes new ones
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT                         -- absent: not used
);

CREATE TABLE throttle (
    id       TEXT PRIMARY KEY,                  -- keyed hash of an account or a source
    failures BIGINT NOT NULL,
    at       BIGINT NOT NULL
);

CREATE TABLE statement (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    object    TEXT NOT NULL,
    document  BYTEA NOT NULL,                    -- the exact bytes that were shown and signed, under the records key
    note      TEXT NOT NULL,                    -- sign/v1 signed note
    nonce     TEXT NOT NULL UNIQUE,
    at        BIGINT NOT NULL
);
CREATE INDEX statement_object ON statement (object);

CREATE TABLE setting (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE mail (
    id         TEXT PRIMARY KEY,
    person_id  TEXT,                            -- absent: not yet a person (an invitation)
    address    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    words      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
