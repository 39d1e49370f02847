-- Receipts that counterparts hand in on their own, byte for byte beside the message that they came in.
CREATE TABLE receipts (
  id       INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL,
  measure  INTEGER,
  at       INTEGER NOT NULL,
  title    TEXT    NOT NULL,
  format   TEXT    NOT NULL,
  sha256   TEXT    NOT NULL,
  size     INTEGER NOT NULL,
  raw      INTEGER,
  bytes    BLOB    NOT NULL,
  UNIQUE (order_id, sha256)
) STRICT;
CREATE INDEX receipts_of_measure ON receipts (measure) WHERE measure IS NOT NULL;
