-- A ruling is about the words and photographs it was made on (O3.2.3, O3.2.4); and why a number was voided is words of a case.
ALTER TABLE ruling ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- digest of both; of one made before, nothing that a case has
ALTER TABLE issue DROP COLUMN void_reason; -- it stands in the release's case file too
ALTER TABLE issue ADD COLUMN void_words BYTEA; -- under the records key; absent: not voided
