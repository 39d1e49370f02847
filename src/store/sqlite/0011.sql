-- Which orders a message is about, so that it is kept for as long as one of their cases needs it; and how often the same came again.
ALTER TABLE raw_messages ADD COLUMN orders BLOB;
ALTER TABLE raw_messages ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
