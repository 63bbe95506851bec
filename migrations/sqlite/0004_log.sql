-- The log (DESIGN §6). Leaves and nodes are for ever; records (salt and body) can be erased under a logged decision.
CREATE TABLE log_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    size   INTEGER NOT NULL,
    edge   BLOB NOT NULL,                       -- the tree's right edge
    at     INTEGER NOT NULL,                    -- the newest leaf's time
    note   TEXT NOT NULL                        -- the signed checkpoint of this size
) STRICT;

CREATE TABLE log_leaf (
    idx  INTEGER PRIMARY KEY,
    leaf BLOB NOT NULL
) STRICT;

CREATE TABLE log_node (
    pos  INTEGER PRIMARY KEY,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE log_checkpoint (
    size INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- The columns beside salt and body are an index for searching, not evidence: `log fsck` derives them anew from the body.
CREATE TABLE access_record (
    idx        INTEGER PRIMARY KEY REFERENCES log_leaf (idx),
    salt       BLOB NOT NULL,
    body       BLOB NOT NULL,
    kind       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    object     TEXT NOT NULL,
    copy_id    TEXT
) STRICT;
CREATE INDEX access_record_actor ON access_record (actor, at);
CREATE INDEX access_record_object ON access_record (object, at);
CREATE INDEX access_record_kind ON access_record (kind, at);
CREATE INDEX access_record_at ON access_record (at);

-- A seat-belt, not the proof.
CREATE TRIGGER log_leaf_never_changes BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_leaf_never_goes BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_node_never_changes BEFORE UPDATE ON log_node BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_node_never_goes BEFORE DELETE ON log_node BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
