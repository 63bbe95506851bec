-- Documents of a case beside those of registers: what came with representations, a signed receipt of service (O3.2.3); and by whom and
-- how the person was told what was decided on their representations.
ALTER TABLE document ALTER COLUMN scheme_id DROP NOT NULL;         -- absent: of a case
ALTER TABLE document DROP CONSTRAINT document_subject_check;
ALTER TABLE document ADD CONSTRAINT document_subject_check CHECK (subject IN ('agreement', 'member', 'vetting', 'representation', 'receipt'));
-- The same as before: SQLite's text writes it down again, and a test compares the two.
ALTER TABLE document DROP CONSTRAINT document_media_check;
ALTER TABLE document ADD CONSTRAINT document_media_check CHECK (media IN ('pdf', 'jpeg', 'png'));
ALTER TABLE document ADD COLUMN release_id TEXT REFERENCES release (id); -- absent: of a register
ALTER TABLE document ADD CONSTRAINT document_owner_check CHECK ((scheme_id IS NULL) <> (release_id IS NULL));
CREATE INDEX document_release ON document (release_id);

ALTER TABLE ruling ADD COLUMN told BYTEA;       -- by whom and how the person was told, under the records key; absent: not told yet
