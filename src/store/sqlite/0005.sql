-- Paid queries: what was charged, answers that may be used again, and orders that stand in for others.
ALTER TABLE orders ADD COLUMN stands_in INTEGER;
ALTER TABLE revisions ADD COLUMN cached_from INTEGER;

CREATE TABLE charges (
  lane     TEXT    NOT NULL,
  day      TEXT    NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (lane, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE charge_references (
  id        INTEGER PRIMARY KEY,
  order_id  INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  reference TEXT    NOT NULL
) STRICT;
CREATE INDEX charge_references_of_order ON charge_references (order_id);

-- The key is a digest: it holds no identity number.
CREATE TABLE cached_answers (
  key    BLOB    PRIMARY KEY,
  root   INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
