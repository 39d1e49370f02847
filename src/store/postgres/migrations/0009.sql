-- By what a case is found: once for each case, so that a word that many cases share is read the newest case first and no further than a page
-- needs, and in half the bytes: half of a keyed hash tells two words apart as well as the whole. The index by inquiry held every word once
-- more; words of a case that goes are made again of what its inquiries ask.
CREATE TABLE found (
  word    BYTEA  NOT NULL,
  case_id BIGINT NOT NULL,
  PRIMARY KEY (word, case_id)
);
INSERT INTO found (word, case_id)
  SELECT DISTINCT substring(f.word FROM 1 FOR 16), i.case_id FROM found_by f JOIN inquiries i ON i.id = f.inquiry;
DROP TABLE found_by;
ALTER TABLE found RENAME TO found_by;

-- Inquiries of one court by when they were accepted, for its statistics.
CREATE INDEX inquiries_of_court_by_created ON inquiries (court, created, id);

-- In which spans of 4,096 numbers a lane has messages, so that its newest are found among those of all others without an index of every
-- message.
CREATE TABLE message_spans (
  lane TEXT   NOT NULL,
  span BIGINT NOT NULL,
  PRIMARY KEY (lane, span)
);
INSERT INTO message_spans (lane, span) SELECT DISTINCT lane, id >> 12 FROM raw_messages;

-- Whether the notice of an order on the desk was printed, so that people carried it along. Of older rows it is not told apart from what
-- left over another line.
ALTER TABLE desk ADD COLUMN carried BIGINT NOT NULL DEFAULT 0;
UPDATE desk SET carried = 1 WHERE order_id IN (SELECT id FROM orders WHERE sent IS NOT NULL);

-- When a pause ends by itself; NULL for one that a person ends.
ALTER TABLE pauses ADD COLUMN until BIGINT;

-- How many records a look showed, and the courts of who looked at what belongs to no court's case.
ALTER TABLE looks ADD COLUMN shown BIGINT NOT NULL DEFAULT 1;
ALTER TABLE looks ADD COLUMN courts TEXT NOT NULL DEFAULT '';

-- Requests of a day that were counted to a court, where courts have shares in a counterpart's quota.
CREATE TABLE quota_shares (
  lane     TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  court    TEXT   NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (lane, day, court)
);

-- Until when the last process had a lease that did not give it back: what it began under it may still be under way. 0 where none did.
ALTER TABLE leases ADD COLUMN lapsed BIGINT NOT NULL DEFAULT 0;

-- The last failure of each relay and intake, so that every replica tells it, and a restart forgets none.
CREATE TABLE relay_failures (
  name    TEXT PRIMARY KEY,
  kind    TEXT   NOT NULL,
  detail  TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  replica TEXT   NOT NULL
);

-- How far the clock of a process is ahead of this database's, in microseconds, and whether that is too far.
ALTER TABLE replicas ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;
ALTER TABLE replicas ADD COLUMN apart BOOLEAN NOT NULL DEFAULT FALSE;

-- Measures that lapsed by their last days, for statistics.
CREATE INDEX IF NOT EXISTS measures_lapsed ON measures (until_day, id) WHERE state = 'lapsed';
