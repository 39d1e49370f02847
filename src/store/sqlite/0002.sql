-- Deductions, and the counterpart's own number of a measure.
ALTER TABLE measures ADD COLUMN deducting TEXT NOT NULL DEFAULT '0';
ALTER TABLE measures ADD COLUMN deducted  TEXT NOT NULL DEFAULT '0';
ALTER TABLE measures ADD COLUMN reference TEXT NOT NULL DEFAULT '';
