-- Corrections (K8.7): what holders report as wrong or incomplete, and the earlier versions of released words.
ALTER TABLE part ADD COLUMN revision INTEGER NOT NULL DEFAULT 1; -- of words: which version they are

-- A holder's report, and what became of it. Never removed.
CREATE TABLE report (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES release (id),
    copy_id     TEXT NOT NULL REFERENCES copy (id),
    reported_by TEXT NOT NULL REFERENCES person (id),
    reported_at INTEGER NOT NULL,
    body        BLOB NOT NULL,                  -- what is wrong or incomplete, under the records key
    outcome     TEXT CHECK (outcome IN ('corrected', 'unchanged', 'recalled')), -- absent: not considered yet
    answer      BLOB,                           -- the reasons, and the words to the holder, under the records key
    answered_by TEXT REFERENCES person (id),
    answered_at INTEGER
) STRICT;
CREATE INDEX report_release ON report (release_id);
CREATE INDEX report_copy ON report (copy_id);

-- A correction: what was in force before it, and why it was made. The words in force are the release's own. Never changed, never
-- removed; earlier words stay under the key of the unit that they were sealed to.
CREATE TABLE revision (
    id           TEXT PRIMARY KEY,
    release_id   TEXT NOT NULL REFERENCES release (id),
    number       INTEGER NOT NULL CHECK (number > 1), -- the version it made
    text_object  TEXT,                          -- the words before, sealed to the unit; absent: there were none
    text_sha256  TEXT,                          -- of the words before
    danger       INTEGER NOT NULL CHECK (danger IN (0, 1)), -- the flag before
    body         BLOB NOT NULL,                 -- what changed, why, and the grounds of a name, under the records key
    corrected_by TEXT NOT NULL REFERENCES person (id),
    corrected_at INTEGER NOT NULL,
    statement_id TEXT NOT NULL REFERENCES statement (id),
    UNIQUE (release_id, number)
) STRICT;
CREATE INDEX revision_text_object ON revision (text_object);
