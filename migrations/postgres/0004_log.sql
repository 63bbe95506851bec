-- The log (DESIGN §6). Leaves and nodes are for ever; records (salt and body) can be erased under a logged decision.
CREATE TABLE log_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    size   BIGINT NOT NULL,
    edge   BYTEA NOT NULL,                       -- the tree's right edge
    at     BIGINT NOT NULL,                    -- the newest leaf's time
    note   TEXT NOT NULL                        -- the signed checkpoint of this size
);

CREATE TABLE log_leaf (
    idx  BIGINT PRIMARY KEY,
    leaf BYTEA NOT NULL
);

CREATE TABLE log_node (
    pos  BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL
);

CREATE TABLE log_checkpoint (
    size BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- The columns beside salt and body are an index for searching, not evidence: `log fsck` derives them anew from the body.
CREATE TABLE access_record (
    idx        BIGINT PRIMARY KEY REFERENCES log_leaf (idx),
    salt       BYTEA NOT NULL,
    body       BYTEA NOT NULL,
    kind       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    object     TEXT NOT NULL,
    copy_id    TEXT
);
CREATE INDEX access_record_actor ON access_record (actor, at);
CREATE INDEX access_record_object ON access_record (object, at);
CREATE INDEX access_record_kind ON access_record (kind, at);
CREATE INDEX access_record_at ON access_record (at);

-- A seat-belt, not the proof.
CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
CREATE TRIGGER log_leaf_never_changes BEFORE UPDATE ON log_leaf FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_leaf_never_goes BEFORE DELETE ON log_leaf FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_node_never_changes BEFORE UPDATE ON log_node FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_node_never_goes BEFORE DELETE ON log_node FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
