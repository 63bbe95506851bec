-- Documents of a case beside those of registers: what came with representations, a signed receipt of service (O3.2.3); and by whom and
-- how the person was told what was decided on their representations.
-- SQLite changes a condition only by making the table anew. Nothing refers to a document's row.
CREATE TABLE document_before AS SELECT * FROM document;
DROP TABLE document;
CREATE TABLE document (
    id            TEXT PRIMARY KEY,
    scheme_id     TEXT REFERENCES scheme (id),  -- absent: of a case
    subject       TEXT NOT NULL CHECK (subject IN ('agreement', 'member', 'vetting', 'representation', 'receipt')),
    subject_id    TEXT NOT NULL,                -- the scheme, the member business, the person; the representations, the release
    media         TEXT NOT NULL CHECK (media IN ('pdf', 'jpeg', 'png')),
    bytes         INTEGER NOT NULL,
    sha256        TEXT NOT NULL,                -- of the uploaded bytes
    object        TEXT NOT NULL,                -- its name in the vault
    wrapped_key   BLOB,                         -- absent: removed
    added_by      TEXT NOT NULL REFERENCES person (id),
    added_at      INTEGER NOT NULL,
    removed_by    TEXT REFERENCES person (id),
    removed_at    INTEGER,                      -- absent: it stands
    remove_reason TEXT NOT NULL,
    release_id    TEXT REFERENCES release (id), -- absent: of a register
    CHECK ((scheme_id IS NULL) <> (release_id IS NULL))
) STRICT;
INSERT INTO document (id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, removed_by, removed_at, remove_reason)
    SELECT id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, removed_by, removed_at, remove_reason FROM document_before;
DROP TABLE document_before;
CREATE INDEX document_scheme ON document (scheme_id);
CREATE INDEX document_object ON document (object);
CREATE INDEX document_release ON document (release_id);

ALTER TABLE ruling ADD COLUMN told BLOB;        -- by whom and how the person was told, under the records key; absent: not told yet
