-- What a release obliges the police to do (K7.12, K7.13, O3.2.2), and what the desk finds releases by.
CREATE TABLE duty (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES release (id),
    kind       TEXT NOT NULL CHECK (kind IN ('prosecution', 'identification', 'kmip')),
    due        TEXT,                            -- a day; absent: no day is known
    raised_by  TEXT NOT NULL REFERENCES person (id),
    raised_at  INTEGER NOT NULL,
    done_by    TEXT REFERENCES person (id),
    done_at    INTEGER,                         -- absent: open
    body       BLOB NOT NULL,                   -- note, reference and day, under the records key
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX duty_release ON duty (release_id);
CREATE INDEX release_stage ON release (stage, until);
CREATE INDEX copy_scheme ON copy (scheme_id);
