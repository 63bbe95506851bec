-- Numbered prints (O3.2.1, K7.4, K8.2): a sheet of paper is a copy of its own. Leavers: whose copy ends, and who follows.
ALTER TABLE copy ADD COLUMN print_of INTEGER NOT NULL DEFAULT 0 CHECK (print_of >= 0); -- of how many sheets
ALTER TABLE copy ADD COLUMN print INTEGER NOT NULL DEFAULT 0 CHECK (print >= 0 AND print <= print_of); -- the sheet's number, of those allowed; 0: the electronic copy
ALTER TABLE copy ADD COLUMN printer TEXT REFERENCES person (id);                       -- who prints the sheet; absent: its holder
ALTER TABLE copy ADD COLUMN left_at INTEGER;                                           -- the holder left the scheme; absent: not by that
ALTER TABLE copy ADD COLUMN successor TEXT REFERENCES person (id);                     -- who follows them; absent: nobody
ALTER TABLE copy ADD COLUMN follows TEXT REFERENCES copy (id);                         -- the leaver's copy whose place it takes
DROP INDEX copy_one;
CREATE UNIQUE INDEX copy_one ON copy (release_id, holder, print) WHERE replaced_at IS NULL;
ALTER TABLE part ADD COLUMN printed_at INTEGER;                                        -- of a sheet: opened for printing; absent: not since it was freed

-- What the police record about a sheet: freed to be printed again, carried by hand or post. Never changed, never removed.
CREATE TABLE print_act (
    id       TEXT PRIMARY KEY,
    copy_id  TEXT NOT NULL REFERENCES copy (id),
    kind     TEXT NOT NULL CHECK (kind IN ('freed', 'carried')),
    body     BLOB NOT NULL,                     -- why; or by whom, how, to whom and when, under the records key
    by_person TEXT NOT NULL REFERENCES person (id),
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX print_act_copy ON print_act (copy_id);

-- Somebody left a scheme. Never changed, never removed.
CREATE TABLE leaving (
    id        TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    scheme_id TEXT NOT NULL REFERENCES scheme (id),
    role      TEXT NOT NULL,                    -- what they were
    successor TEXT REFERENCES person (id),      -- absent: nobody
    body      BLOB NOT NULL,                    -- the reason, under the records key
    copies    INTEGER NOT NULL,                 -- electronic copies that ended with it
    by_person TEXT NOT NULL REFERENCES person (id),
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX leaving_person ON leaving (person_id);
CREATE INDEX leaving_scheme ON leaving (scheme_id);
