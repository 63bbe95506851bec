-- Records of no case fall due too (K9.1): businesses that left a register, undertakings of people who receive no more, and the log's
-- bodies, month by month.
ALTER TABLE disposal DROP CONSTRAINT disposal_kind_check;
ALTER TABLE disposal ADD CONSTRAINT disposal_kind_check CHECK (kind IN ('case', 'request', 'entry', 'undertaking', 'log'));
ALTER TABLE disposal ALTER COLUMN area_id DROP NOT NULL; -- absent: the log's, which is of all areas

-- When somebody was supplied last, once the cases with their copies are gone; absent: none has gone. Their undertaking's period counts from it.
ALTER TABLE person ADD COLUMN supplied_at BIGINT;
