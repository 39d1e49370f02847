-- What every order costs. Lists of orders are read in their order, so that an index by court is of no use.
DROP INDEX orders_of_court;

-- By what a case is found: once for each case, so that a word that many cases share is read the newest case first and no further than a page
-- needs, and in half the bytes: half of a keyed hash tells two words apart as well as the whole. The index by inquiry held every word once
-- more; words of a case that goes are made again of what its inquiries ask.
CREATE TABLE found (
  word    BLOB    NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (word, case_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO found (word, case_id)
  SELECT DISTINCT substr(f.word, 1, 16), i.case_id FROM found_by f JOIN inquiries i ON i.id = f.inquiry ORDER BY 1, 2;
DROP TABLE found_by;
ALTER TABLE found RENAME TO found_by;

-- Inquiries of one court by when they were accepted, for its statistics.
CREATE INDEX inquiries_of_court_by_created ON inquiries (court, created, id);

-- In which spans of 4,096 numbers a lane has messages, so that its newest are found among those of all others without an index of every
-- message.
CREATE TABLE message_spans (
  lane TEXT    NOT NULL,
  span INTEGER NOT NULL,
  PRIMARY KEY (lane, span)
) STRICT, WITHOUT ROWID;
INSERT INTO message_spans (lane, span) SELECT DISTINCT lane, id >> 12 FROM raw_messages;

-- Whether the notice of an order on the desk was printed, so that people carried it along. Of older rows it is not told apart from what
-- left over another line.
ALTER TABLE desk ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
UPDATE desk SET carried = 1 WHERE order_id IN (SELECT id FROM orders WHERE sent IS NOT NULL);

-- When a pause ends by itself; NULL for one that a person ends.
ALTER TABLE pauses ADD COLUMN until INTEGER;

-- How many records a look showed, and the courts of who looked at what belongs to no court's case.
ALTER TABLE looks ADD COLUMN shown INTEGER NOT NULL DEFAULT 1;
ALTER TABLE looks ADD COLUMN courts TEXT NOT NULL DEFAULT '';

-- Requests of a day that were counted to a court, where courts have shares in a counterpart's quota.
CREATE TABLE quota_shares (
  lane     TEXT    NOT NULL,
  day      TEXT    NOT NULL,
  court    TEXT    NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (lane, day, court)
) STRICT, WITHOUT ROWID;

-- The last failure of each relay and intake, so that every replica tells it, and a restart forgets none.
CREATE TABLE relay_failures (
  name    TEXT    PRIMARY KEY,
  kind    TEXT    NOT NULL,
  detail  TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  replica TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Measures that lapsed by their last days, for statistics.
CREATE INDEX IF NOT EXISTS measures_lapsed ON measures (until_day, id) WHERE state = 'lapsed';
