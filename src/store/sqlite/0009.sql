-- One claim a case: courts' cases, chains, parties, the ledger of a chain, tasks, certificates as documents. Personal data
-- is kept in bodies that pass one codec. Rows of the first edition are taken over by `first_edition.rs`.
CREATE TABLE store_info (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chains (
  id         INTEGER PRIMARY KEY,
  created    INTEGER NOT NULL,
  has_ledger INTEGER NOT NULL,
  claim      TEXT
) STRICT;

CREATE TABLE cases (
  id         INTEGER PRIMARY KEY,
  chain      INTEGER NOT NULL REFERENCES chains (id),
  number     TEXT    NOT NULL UNIQUE,
  court_name TEXT    NOT NULL,
  court_code TEXT    NOT NULL,
  continues  INTEGER REFERENCES cases (id),
  created    INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_of_chain ON cases (chain);

CREATE TABLE parties (
  id    INTEGER PRIMARY KEY,
  chain INTEGER NOT NULL REFERENCES chains (id),
  body  BLOB    NOT NULL
) STRICT;
CREATE INDEX parties_of_chain ON parties (chain);

CREATE TABLE claim_changes (
  id     INTEGER PRIMARY KEY,
  chain  INTEGER NOT NULL REFERENCES chains (id),
  at     INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  kind   TEXT    NOT NULL,
  before TEXT,
  after  TEXT    NOT NULL,
  reason TEXT    NOT NULL,
  paper  INTEGER
) STRICT;
CREATE INDEX claim_changes_of_chain ON claim_changes (chain);

ALTER TABLE inquiries ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inquiries ADD COLUMN case_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inquiries_of_chain ON inquiries (chain);

CREATE TABLE terms (
  inquiry          INTEGER PRIMARY KEY,
  body             BLOB NOT NULL,
  party_references TEXT NOT NULL,
  debtors          TEXT NOT NULL,
  not_asked        TEXT NOT NULL
) STRICT;

CREATE TABLE documents (
  id       INTEGER PRIMARY KEY,
  inquiry  INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  number   TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  format   TEXT    NOT NULL,
  by_act   INTEGER NOT NULL,
  measures TEXT    NOT NULL,
  bytes    BLOB    NOT NULL
) STRICT;
CREATE INDEX documents_of_inquiry ON documents (inquiry);

CREATE TABLE new_orders (
  id          INTEGER PRIMARY KEY,
  inquiry     INTEGER NOT NULL,
  lane        TEXT    NOT NULL,
  party       INTEGER NOT NULL,
  document    INTEGER NOT NULL,
  action      TEXT    NOT NULL,
  instruction BLOB    NOT NULL,
  priority    INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  created     INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  turn        INTEGER NOT NULL,
  deadline    INTEGER NOT NULL,
  sent        INTEGER,
  ticket      TEXT,
  batch       INTEGER,
  root        INTEGER,
  measure     INTEGER,
  fault       TEXT,
  stands_in   INTEGER,
  papers      TEXT
) STRICT;
INSERT INTO new_orders
  SELECT id, inquiry, lane, party, document, json_extract(instruction, '$.action'), CAST(x'00' || instruction AS BLOB), priority,
         CASE state WHEN 7 THEN 8 ELSE state END, attempts, created, due, turn, deadline, NULL, ticket, batch, root, measure, fault,
         stands_in, NULL
  FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE INDEX orders_of_inquiry ON orders (inquiry);
CREATE INDEX orders_queued ON orders (lane, turn) WHERE state = 0;
CREATE INDEX orders_under_way ON orders (lane, state) WHERE state = 1 OR state = 2 OR state = 8;
CREATE INDEX orders_of_measure ON orders (measure) WHERE measure IS NOT NULL;

CREATE TABLE new_revisions (
  root        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  order_id    INTEGER NOT NULL,
  inquiry     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  outcome     TEXT    NOT NULL,
  words       BLOB    NOT NULL,
  assets      INTEGER NOT NULL,
  cash        INTEGER NOT NULL,
  answer      BLOB    NOT NULL,
  raw         INTEGER,
  raw_digest  TEXT    NOT NULL,
  connector   TEXT    NOT NULL,
  differences BLOB,
  cached_from INTEGER,
  PRIMARY KEY (root, number)
) STRICT, WITHOUT ROWID;
INSERT INTO new_revisions
  SELECT root, number, order_id, inquiry, at, outcome, CAST(x'00' || words AS BLOB), assets, 0, CAST(x'00' || answer AS BLOB), raw,
         raw_digest, connector, CASE WHEN differences IS NULL THEN NULL ELSE CAST(x'00' || differences AS BLOB) END, cached_from
  FROM revisions;
DROP TABLE revisions;
ALTER TABLE new_revisions RENAME TO revisions;

ALTER TABLE measures RENAME TO old_measures;
DROP INDEX measures_of_inquiry;
DROP INDEX measures_by_reference;
CREATE TABLE measures (
  id        INTEGER PRIMARY KEY,
  chain     INTEGER NOT NULL,
  inquiry   INTEGER NOT NULL,
  lane      TEXT    NOT NULL,
  state     TEXT    NOT NULL,
  until_day TEXT,
  next_look TEXT,
  reference TEXT    NOT NULL,
  body      BLOB    NOT NULL
) STRICT;
CREATE INDEX measures_of_chain ON measures (chain);
CREATE INDEX measures_to_look_at ON measures (next_look) WHERE next_look IS NOT NULL;
CREATE INDEX measures_by_reference ON measures (reference) WHERE reference <> '';
CREATE INDEX measures_by_end ON measures (until_day) WHERE until_day IS NOT NULL;

CREATE TABLE tasks (
  id       INTEGER PRIMARY KEY,
  chain    INTEGER NOT NULL,
  inquiry  INTEGER,
  kind     TEXT    NOT NULL,
  order_id INTEGER,
  measure  INTEGER,
  created  INTEGER NOT NULL,
  due      INTEGER NOT NULL,
  done     INTEGER,
  note     TEXT    NOT NULL
) STRICT;
CREATE INDEX tasks_open ON tasks (due) WHERE done IS NULL;
CREATE INDEX tasks_of_chain ON tasks (chain);

CREATE TABLE certificates (
  inquiry INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  sha256  TEXT    NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (inquiry, number)
) STRICT, WITHOUT ROWID;

-- Institution and property, as a keyed hash.
CREATE TABLE property_findings (
  property BLOB PRIMARY KEY,
  note     TEXT    NOT NULL,
  actor    TEXT    NOT NULL,
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE new_events (
  seq      INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL,
  inquiry  INTEGER NOT NULL,
  order_id INTEGER,
  revision INTEGER,
  at       INTEGER NOT NULL,
  data     BLOB
) STRICT;
INSERT INTO new_events
  SELECT seq, kind, inquiry, order_id, revision, at, CASE WHEN data IS NULL THEN NULL ELSE CAST(x'00' || data AS BLOB) END FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;

CREATE TABLE new_batches (
  id     INTEGER PRIMARY KEY,
  lane   TEXT    NOT NULL,
  made   INTEGER NOT NULL,
  digest BLOB
) STRICT;
INSERT INTO new_batches SELECT id, lane, made, digest FROM batches;
DROP TABLE batches;
ALTER TABLE new_batches RENAME TO batches;

ALTER TABLE acts ADD COLUMN detail BLOB;
ALTER TABLE acts ADD COLUMN refused TEXT;

-- Keys were plain digests, which can be guessed; they are keyed from now on.
DELETE FROM cached_answers;
