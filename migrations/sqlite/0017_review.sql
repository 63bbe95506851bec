-- Reviews (K7.9), form 3796, and what moved a release's limit (K7.8). The limit in force is the release's own `until`.
CREATE TABLE review (
    id           TEXT PRIMARY KEY,
    release_id   TEXT NOT NULL REFERENCES release (id),
    round        INTEGER NOT NULL CHECK (round > 0),
    begun_by     TEXT NOT NULL REFERENCES person (id),
    begun_at     INTEGER NOT NULL,
    signed_by    TEXT REFERENCES person (id),
    signed_at    INTEGER,                       -- absent: being written
    statement_id TEXT REFERENCES statement (id),
    outcome      TEXT CHECK (outcome IN ('continue', 'shorten', 'withdraw', 'again')),
    decided_by   TEXT REFERENCES person (id),
    decided_at   INTEGER,                       -- absent: not decided
    decided_as   TEXT CHECK (decided_as IN ('aic', 'inspector', 'commander')),
    decision     BLOB,                          -- reasons and enactment, under the records key
    decision_statement TEXT REFERENCES statement (id),
    UNIQUE (release_id, round)
) STRICT;

-- A part of a review, saved on its own.
CREATE TABLE review_part (
    id        TEXT PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES review (id),
    part      TEXT NOT NULL CHECK (part IN ('grounds', 'risk', 'recipients', 'recommendation')),
    body      BLOB NOT NULL,                    -- the answers, under the records key
    saved_by  TEXT NOT NULL REFERENCES person (id),
    saved_at  INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    UNIQUE (review_id, part)
) STRICT;

-- Each change of a limit after authority. Never changed, never removed.
CREATE TABLE limit_change (
    id           TEXT PRIMARY KEY,
    release_id   TEXT NOT NULL REFERENCES release (id),
    kind         TEXT NOT NULL CHECK (kind IN ('continue', 'shorten', 'notice')),
    review_id    TEXT REFERENCES review (id),   -- absent: outside a review
    until_before INTEGER NOT NULL,
    until_after  INTEGER NOT NULL,
    notice_ends  TEXT,                          -- a day: of the notice that counts from here on; absent: none does
    body         BLOB NOT NULL,                 -- the reasons, under the records key
    changed_by   TEXT NOT NULL REFERENCES person (id),
    changed_at   INTEGER NOT NULL,
    statement_id TEXT REFERENCES statement (id) -- absent: recorded, not signed
) STRICT;
CREATE INDEX limit_change_release ON limit_change (release_id, changed_at);
