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
DROP TABLE undertaking_text;
