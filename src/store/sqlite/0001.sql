CREATE TABLE inquiries (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          BLOB    NOT NULL UNIQUE,
  case_number  TEXT    NOT NULL,
  submitted_by TEXT    NOT NULL,
  key          TEXT    NOT NULL,
  digest       BLOB    NOT NULL,
  state        INTEGER NOT NULL,
  created      INTEGER NOT NULL,
  deadline     INTEGER NOT NULL,
  next_deadline INTEGER NOT NULL,
  open_orders  INTEGER NOT NULL,
  completions  INTEGER NOT NULL DEFAULT 0,
  mandate      TEXT,
  UNIQUE (submitted_by, key)
) STRICT;
CREATE INDEX inquiries_by_case ON inquiries (case_number);
-- Deadlines are watched by inquiry: an index over orders would cost each order two more writes.
CREATE INDEX inquiries_by_deadline ON inquiries (next_deadline) WHERE open_orders > 0;

CREATE TABLE submissions (
  inquiry   INTEGER PRIMARY KEY REFERENCES inquiries (id),
  body      BLOB NOT NULL,
  parties   TEXT NOT NULL,
  not_asked TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE INDEX orders_of_inquiry ON orders (inquiry);
CREATE INDEX orders_queued ON orders (lane, turn) WHERE state = 0;
CREATE INDEX orders_under_way ON orders (lane, state) WHERE state IN (1, 2, 7, 8);
CREATE INDEX orders_of_batch ON orders (batch) WHERE batch IS NOT NULL;

CREATE TABLE batches (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  lane   TEXT    NOT NULL,
  made   INTEGER NOT NULL,
  digest BLOB
) STRICT;

CREATE TABLE revisions (
  root        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
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
  differences TEXT,
  UNIQUE (root, number)
) STRICT;

CREATE TABLE raw_messages (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  lane      TEXT    NOT NULL,
  batch     INTEGER,
  direction INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  bytes     BLOB    NOT NULL
) STRICT;

CREATE INDEX raw_messages_of_batch ON raw_messages (batch) WHERE batch IS NOT NULL;

CREATE TABLE measures (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  inquiry   INTEGER NOT NULL REFERENCES inquiries (id),
  lane      TEXT    NOT NULL,
  party     INTEGER NOT NULL,
  document  INTEGER NOT NULL,
  institution TEXT  NOT NULL,
  target    TEXT    NOT NULL,
  state     TEXT    NOT NULL,
  exemption TEXT    NOT NULL,
  available TEXT    NOT NULL,
  asked     TEXT    NOT NULL,
  held      TEXT    NOT NULL,
  releasing TEXT    NOT NULL,
  from_day  TEXT,
  until_day TEXT,
  rank      TEXT,
  order_id  INTEGER,
  note      TEXT    NOT NULL
) STRICT;
CREATE INDEX measures_of_inquiry ON measures (inquiry);

CREATE TABLE events (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind     INTEGER NOT NULL,
  inquiry  INTEGER NOT NULL,
  order_id INTEGER,
  revision INTEGER,
  at       INTEGER NOT NULL,
  data     TEXT
) STRICT;

CREATE TABLE consumers (
  name         TEXT PRIMARY KEY,
  acknowledged INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quotas (
  lane     TEXT    NOT NULL,
  day      TEXT    NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (lane, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE pauses (
  lane   TEXT PRIMARY KEY,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE acts (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  act     TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  reason  TEXT    NOT NULL
) STRICT;
CREATE INDEX acts_by_subject ON acts (subject);
