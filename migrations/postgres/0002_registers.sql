-- Schemes, who receives for them, and their members (K6.2.1, K7.2, K7.3, O2.1).
CREATE TABLE scheme (
    id            TEXT PRIMARY KEY,
    area_id       TEXT NOT NULL REFERENCES area (id),
    kind          TEXT NOT NULL,
    kind_reason   TEXT NOT NULL,                -- why it is recognised though of no listed kind (K6.2.1); empty: it is of one
    name          TEXT NOT NULL,
    ico_reference TEXT NOT NULL,                -- O2.1
    ico_ends      TEXT,                         -- last day; absent: not recorded
    isa_reference TEXT NOT NULL,
    isa_parties   TEXT NOT NULL,
    isa_starts    TEXT,                         -- first day; absent: before it was recorded
    isa_ends      TEXT,                         -- last day; absent: no agreement
    isa_review    TEXT,                         -- the day it is to be looked at again; absent: not recorded
    duties_told   TEXT,                         -- the day its members were told of the legal duties (O3.5); absent: not yet
    duties_version TEXT NOT NULL,               -- of which text
    eia_reference TEXT NOT NULL,                -- equality impact assessment
    suspended     BOOLEAN NOT NULL DEFAULT FALSE,
    version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX scheme_area ON scheme (area_id);

CREATE TABLE membership (
    person_id          TEXT NOT NULL REFERENCES person (id),
    scheme_id          TEXT NOT NULL REFERENCES scheme (id),
    vetting_reference  TEXT NOT NULL,
    vetting_ends       TEXT,                    -- last day (K7.3); absent: never vetted
    responsible_person TEXT NOT NULL,           -- K8.2
    storage_place      TEXT NOT NULL,
    PRIMARY KEY (person_id, scheme_id)
);
CREATE INDEX membership_scheme ON membership (scheme_id);

CREATE TABLE member (
    id         TEXT PRIMARY KEY,
    scheme_id  TEXT NOT NULL REFERENCES scheme (id),
    business   TEXT NOT NULL,
    contact    TEXT NOT NULL,
    agreement  TEXT NOT NULL,                   -- reference of the signed agreement (K7.2)
    agreed_on  TEXT,                            -- the day it was signed; absent: not recorded
    duties_told TEXT,                           -- the day they were told of the legal duties (O3.5); absent: not yet
    duties_version TEXT NOT NULL,
    added_at   BIGINT NOT NULL,
    removed_at BIGINT                          -- absent: still a member
);
CREATE INDEX member_scheme ON member (scheme_id);

CREATE TABLE undertaking (
    person_id    TEXT NOT NULL REFERENCES person (id),
    version      BIGINT NOT NULL,
    opened_at    BIGINT NOT NULL,
    declined_at  BIGINT,                       -- absent: not declined
    signed_at    BIGINT,                       -- absent: not signed
    statement_id TEXT REFERENCES statement (id),
    PRIMARY KEY (person_id, version)
);

CREATE TABLE undertaking_text (
    version    BIGINT PRIMARY KEY,
    words      TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
