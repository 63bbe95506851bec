-- The policy's texts and numbers, version by version: a change adds a row, none is ever edited.
CREATE TABLE policy_text (
    kind       TEXT NOT NULL,                   -- a text's word, or `numbers`
    version    INTEGER NOT NULL,
    words      TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    changed_by TEXT NOT NULL,                   -- `person/<id>`, or `portal` for what the program came with
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT;
INSERT INTO policy_text (kind, version, words, sha256, changed_by, changed_at)
    SELECT 'undertaking', version, words, sha256, 'portal', changed_at FROM undertaking_text;
-- A program of before goes on reading the undertaking in force; one release later the view goes.
DROP TABLE undertaking_text;
CREATE VIEW undertaking_text AS SELECT version, words, sha256, changed_at FROM policy_text WHERE kind = 'undertaking';
