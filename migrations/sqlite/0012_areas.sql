-- Other areas (K7.6): what one area asked another about a person, the answer, and what was handed over for the other's own release.
CREATE TABLE consultation (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES release (id),  -- of the area that asks
    area_id     TEXT NOT NULL REFERENCES area (id),     -- that is asked
    asked_by    TEXT NOT NULL REFERENCES person (id),
    asked_at    INTEGER NOT NULL,
    asked       BLOB NOT NULL,                          -- what they are told, under the records key
    makes_own   INTEGER CHECK (makes_own IN (0, 1)),    -- absent: not answered
    answered_by TEXT REFERENCES person (id),
    answered_at INTEGER,
    answer      BLOB,                                   -- the reasons, under the records key
    linked_id   TEXT UNIQUE REFERENCES release (id),    -- their own; absent: they make none
    UNIQUE (release_id, area_id)
) STRICT;
CREATE INDEX consultation_area ON consultation (area_id);

-- A photograph of a linked release: sealed to its unit by the other area's browser, compared by its own.
CREATE TABLE handover (
    photograph_id TEXT PRIMARY KEY REFERENCES photograph (id),
    handed_by     TEXT NOT NULL REFERENCES person (id),
    handed_at     INTEGER NOT NULL,
    compared_by   TEXT REFERENCES person (id),
    compared_at   INTEGER                               -- absent: not yet
) STRICT;
