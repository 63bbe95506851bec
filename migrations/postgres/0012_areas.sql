-- Other areas (K7.6): what one area asked another about a person, the answer, and what was handed over for the other's own release.
CREATE TABLE consultation (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES release (id),  -- of the area that asks
    area_id     TEXT NOT NULL REFERENCES area (id),     -- that is asked
    asked_by    TEXT NOT NULL REFERENCES person (id),
    asked_at    BIGINT NOT NULL,
    asked       BYTEA NOT NULL,                          -- what they are told, under the records key
    makes_own   BOOLEAN,    -- absent: not answered
    answered_by TEXT REFERENCES person (id),
    answered_at BIGINT,
    answer      BYTEA,                                   -- the reasons, under the records key
    linked_id   TEXT UNIQUE REFERENCES release (id),    -- their own; absent: they make none
    UNIQUE (release_id, area_id)
);
CREATE INDEX consultation_area ON consultation (area_id);

-- A photograph of a linked release: sealed to its unit by the other area's browser, compared by its own.
CREATE TABLE handover (
    photograph_id TEXT PRIMARY KEY REFERENCES photograph (id),
    handed_by     TEXT NOT NULL REFERENCES person (id),
    handed_at     BIGINT NOT NULL,
    compared_by   TEXT REFERENCES person (id),
    compared_at   BIGINT                               -- absent: not yet
);
