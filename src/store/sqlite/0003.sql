-- What every order costs the writer. No row of these tables is ever deleted, so that plain row numbers are not reused
-- either, and the counter that AUTOINCREMENT keeps need not be written for each row.
CREATE TABLE new_orders (
  id          INTEGER PRIMARY KEY,
  inquiry     INTEGER NOT NULL REFERENCES inquiries (id),
  lane        TEXT    NOT NULL,
  party       INTEGER NOT NULL,
  document    INTEGER NOT NULL,
  instruction TEXT    NOT NULL,
  priority    INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  created     INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  turn        INTEGER NOT NULL,
  deadline    INTEGER NOT NULL,
  ticket      TEXT,
  batch       INTEGER,
  root        INTEGER,
  measure     INTEGER,
  fault       TEXT
) STRICT;
INSERT INTO new_orders SELECT * FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE INDEX orders_of_inquiry ON orders (inquiry);
CREATE INDEX orders_queued ON orders (lane, turn) WHERE state = 0;
-- Written out: for a list after IN, SQLite builds a table anew for every row that is written.
CREATE INDEX orders_under_way ON orders (lane, state) WHERE state = 1 OR state = 2 OR state = 7 OR state = 8;
CREATE INDEX orders_of_batch ON orders (batch) WHERE batch IS NOT NULL;

CREATE TABLE new_raw_messages (
  id        INTEGER PRIMARY KEY,
  lane      TEXT    NOT NULL,
  batch     INTEGER,
  direction INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  bytes     BLOB    NOT NULL
) STRICT;
INSERT INTO new_raw_messages SELECT * FROM raw_messages;
DROP TABLE raw_messages;
ALTER TABLE new_raw_messages RENAME TO raw_messages;
CREATE INDEX raw_messages_of_batch ON raw_messages (batch) WHERE batch IS NOT NULL;

CREATE TABLE new_events (
  seq      INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL,
  inquiry  INTEGER NOT NULL,
  order_id INTEGER,
  revision INTEGER,
  at       INTEGER NOT NULL,
  data     TEXT
) STRICT;
INSERT INTO new_events SELECT * FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;

-- A completed inquiry has no open order. An index over the number of them would be written for each order.
DROP INDEX inquiries_by_deadline;
CREATE INDEX inquiries_by_deadline ON inquiries (next_deadline) WHERE state <> 1;

-- A revision's row number is its chain's and its own: one tree to write and to search instead of two.
CREATE TABLE new_revisions (
  id          INTEGER PRIMARY KEY, -- root * 65536 + number
  root        INTEGER NOT NULL,
  number      INTEGER NOT NULL CHECK (number BETWEEN 1 AND 65535),
  order_id    INTEGER NOT NULL,
  inquiry     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  outcome     TEXT    NOT NULL,
  words       TEXT    NOT NULL,
  assets      INTEGER NOT NULL,
  answer      TEXT    NOT NULL,
  raw         INTEGER,
  raw_digest  TEXT    NOT NULL,
  connector   TEXT    NOT NULL,
  differences TEXT
) STRICT;
INSERT INTO new_revisions SELECT root * 65536 + number, revisions.* FROM revisions;
DROP TABLE revisions;
ALTER TABLE new_revisions RENAME TO revisions;
