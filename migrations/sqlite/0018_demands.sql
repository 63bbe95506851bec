-- Demands for surrender or destruction (K8.2): who demanded what until when, each round of a holder's confirmation, visits because of it.
CREATE TABLE demand (
    id           TEXT PRIMARY KEY,
    scope        TEXT NOT NULL CHECK (scope IN ('release', 'holder', 'scheme', 'person', 'subject')),
    made_by      TEXT NOT NULL REFERENCES person (id),
    made_at      INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    body         BLOB NOT NULL,                 -- the reason, under the records key
    statement_id TEXT NOT NULL REFERENCES statement (id)
) STRICT;

-- Which copies a demand is about.
CREATE TABLE demanded (
    demand_id TEXT NOT NULL REFERENCES demand (id),
    copy_id   TEXT NOT NULL REFERENCES copy (id),
    PRIMARY KEY (demand_id, copy_id)
) STRICT;
CREATE INDEX demanded_copy ON demanded (copy_id);

-- What was set for one copy's end. Without a row its deadline follows from the release's end.
CREATE TABLE ending (
    copy_id     TEXT PRIMARY KEY REFERENCES copy (id),
    due_at      INTEGER,                        -- absent: nothing was set
    accepted_by TEXT REFERENCES person (id),
    accepted_at INTEGER                         -- absent: not accepted yet
) STRICT;

-- One round: what the holder confirmed and what the police answered. Never removed. The newest that stands is the copy's own.
CREATE TABLE confirmation (
    id           TEXT PRIMARY KEY,
    copy_id      TEXT NOT NULL REFERENCES copy (id),
    statement_id TEXT NOT NULL REFERENCES statement (id),
    outcome      TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,
    answer       TEXT CHECK (answer IN ('accepted', 'queried')), -- absent: not answered yet
    answered_by  TEXT REFERENCES person (id),
    answered_at  INTEGER,
    due_at       INTEGER,                       -- of a query: to be confirmed anew by then
    body         BLOB                           -- of a query: its reason, under the records key
) STRICT;
CREATE INDEX confirmation_copy ON confirmation (copy_id);

-- A visit because a demand was not satisfied.
CREATE TABLE demand_visit (
    id          TEXT PRIMARY KEY,
    copy_id     TEXT NOT NULL REFERENCES copy (id),
    visited_on  TEXT NOT NULL,                  -- a day
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at INTEGER NOT NULL,
    body        BLOB NOT NULL                   -- by whom, and what was found, under the records key
) STRICT;
CREATE INDEX demand_visit_copy ON demand_visit (copy_id);

-- What was confirmed before there were rounds.
INSERT INTO confirmation (id, copy_id, statement_id, outcome, confirmed_at)
SELECT id, id, statement_id, outcome, confirmed_at FROM copy
WHERE statement_id IS NOT NULL AND outcome IS NOT NULL AND confirmed_at IS NOT NULL;
