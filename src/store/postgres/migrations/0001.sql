-- The whole schema. Times are microseconds since 1970; personal data stands in bodies (BYTEA) alone, which pass one codec.
CREATE TABLE store_info (
  key   TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);

-- Who works on this store. `fence` grows with every start: a process that was taken for dead writes nothing any more.
-- `last_commit` is written in every transaction, so that a commit of unknown outcome is found out.
CREATE TABLE replicas (
  name        TEXT PRIMARY KEY,
  fence       BIGINT NOT NULL,
  last_commit BIGINT NOT NULL,
  address     TEXT   NOT NULL,
  seen        BIGINT NOT NULL
);

-- Which replica works for a lane (or the clock, or a relay), until when, and how often it has moved.
CREATE TABLE leases (
  lane    TEXT PRIMARY KEY,
  replica TEXT   NOT NULL,
  fence   BIGINT NOT NULL,
  expires BIGINT NOT NULL
);

-- The newest number of the log: events are numbered under the lock of this row, as the last step before the commit.
CREATE TABLE event_head (
  seq BIGINT NOT NULL
);
INSERT INTO event_head VALUES (0);

CREATE TABLE chains (
  id         BIGINT  PRIMARY KEY,
  created    BIGINT  NOT NULL,
  has_ledger BOOLEAN NOT NULL,
  claim      TEXT
);

CREATE TABLE cases (
  id         BIGINT PRIMARY KEY,
  chain      BIGINT NOT NULL REFERENCES chains (id),
  number     TEXT   NOT NULL UNIQUE,
  court_name TEXT   NOT NULL,
  court_code TEXT   NOT NULL,
  continues  BIGINT REFERENCES cases (id),
  created    BIGINT NOT NULL
);
CREATE INDEX cases_of_chain ON cases (chain);

CREATE TABLE parties (
  id    BIGINT PRIMARY KEY,
  chain BIGINT NOT NULL REFERENCES chains (id),
  body  BYTEA  NOT NULL
);
CREATE INDEX parties_of_chain ON parties (chain);

CREATE TABLE claim_changes (
  id     BIGSERIAL PRIMARY KEY,
  chain  BIGINT NOT NULL REFERENCES chains (id),
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  kind   TEXT   NOT NULL,
  before TEXT,
  after  TEXT   NOT NULL,
  reason TEXT   NOT NULL,
  paper  BIGINT
);
CREATE INDEX claim_changes_of_chain ON claim_changes (chain);

CREATE TABLE inquiries (
  id            BIGINT PRIMARY KEY,
  uid           BYTEA  NOT NULL UNIQUE,
  case_number   TEXT   NOT NULL,
  submitted_by  TEXT   NOT NULL,
  key           TEXT   NOT NULL,
  digest        BYTEA  NOT NULL,
  state         BIGINT NOT NULL,
  created       BIGINT NOT NULL,
  deadline      BIGINT NOT NULL,
  next_deadline BIGINT NOT NULL,
  open_orders   BIGINT NOT NULL,
  completions   BIGINT NOT NULL,
  mandate       TEXT,
  chain         BIGINT NOT NULL,
  case_id       BIGINT NOT NULL,
  UNIQUE (submitted_by, key)
) WITH (fillfactor = 70);
CREATE INDEX inquiries_by_case ON inquiries (case_number);
CREATE INDEX inquiries_by_deadline ON inquiries (next_deadline) WHERE state <> 1;
CREATE INDEX inquiries_of_chain ON inquiries (chain);

CREATE TABLE terms (
  inquiry          BIGINT PRIMARY KEY,
  body             BYTEA NOT NULL,
  party_references TEXT  NOT NULL,
  debtors          TEXT  NOT NULL,
  not_asked        TEXT  NOT NULL
);

CREATE TABLE documents (
  id       BIGINT  PRIMARY KEY,
  inquiry  BIGINT  NOT NULL,
  kind     TEXT    NOT NULL,
  number   TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  format   TEXT    NOT NULL,
  by_act   BOOLEAN NOT NULL,
  measures TEXT    NOT NULL,
  bytes    BYTEA   NOT NULL
);
CREATE INDEX documents_of_inquiry ON documents (inquiry);

CREATE TABLE orders (
  id          BIGINT PRIMARY KEY,
  inquiry     BIGINT NOT NULL,
  lane        TEXT   NOT NULL,
  party       BIGINT NOT NULL,
  document    BIGINT NOT NULL,
  action      TEXT   NOT NULL,
  instruction BYTEA  NOT NULL,
  priority    BIGINT NOT NULL,
  state       BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  created     BIGINT NOT NULL,
  due         BIGINT NOT NULL,
  turn        BIGINT NOT NULL,
  deadline    BIGINT NOT NULL,
  sent        BIGINT,
  ticket      TEXT,
  batch       BIGINT,
  root        BIGINT,
  measure     BIGINT,
  fault       TEXT,
  stands_in   BIGINT,
  papers      TEXT
);
CREATE INDEX orders_of_inquiry ON orders (inquiry);
CREATE INDEX orders_queued ON orders (lane, turn) WHERE state = 0;
CREATE INDEX orders_under_way ON orders (lane, state) WHERE state = 1 OR state = 2 OR state = 8;
CREATE INDEX orders_of_measure ON orders (measure) WHERE measure IS NOT NULL;

CREATE TABLE batches (
  id     BIGINT PRIMARY KEY,
  lane   TEXT   NOT NULL,
  made   BIGINT NOT NULL,
  digest BYTEA
);

CREATE TABLE revisions (
  root        BIGINT  NOT NULL,
  number      BIGINT  NOT NULL,
  order_id    BIGINT  NOT NULL,
  inquiry     BIGINT  NOT NULL,
  at          BIGINT  NOT NULL,
  outcome     TEXT    NOT NULL,
  words       BYTEA   NOT NULL,
  assets      BIGINT  NOT NULL,
  cash        BOOLEAN NOT NULL,
  answer      BYTEA   NOT NULL,
  raw         BIGINT,
  raw_digest  TEXT    NOT NULL,
  connector   TEXT    NOT NULL,
  differences BYTEA,
  cached_from BIGINT,
  PRIMARY KEY (root, number)
);

CREATE TABLE raw_messages (
  id        BIGINT PRIMARY KEY,
  lane      TEXT   NOT NULL,
  batch     BIGINT,
  direction BIGINT NOT NULL,
  name      TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  bytes     BYTEA  NOT NULL,
  orders    BYTEA,
  repeats   BIGINT NOT NULL
);
CREATE INDEX raw_messages_of_batch ON raw_messages (batch) WHERE batch IS NOT NULL;

-- Messages that must still be handed over.
CREATE TABLE unsent (
  raw  BIGINT PRIMARY KEY REFERENCES raw_messages (id),
  lane TEXT   NOT NULL
);

CREATE TABLE responses (
  lane   TEXT   NOT NULL,
  name   TEXT   NOT NULL,
  digest TEXT   NOT NULL,
  about  TEXT   NOT NULL,
  nth    BIGINT NOT NULL,
  times  BIGINT NOT NULL,
  PRIMARY KEY (lane, name, digest)
);
CREATE INDEX responses_about ON responses (lane, about);

CREATE TABLE measures (
  id        BIGINT PRIMARY KEY,
  chain     BIGINT NOT NULL,
  inquiry   BIGINT NOT NULL,
  lane      TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  until_day TEXT,
  next_look TEXT,
  reference TEXT   NOT NULL,
  body      BYTEA  NOT NULL
);
CREATE INDEX measures_of_chain ON measures (chain);
CREATE INDEX measures_to_look_at ON measures (next_look) WHERE next_look IS NOT NULL;
CREATE INDEX measures_by_reference ON measures (reference) WHERE reference <> '';
CREATE INDEX measures_by_end ON measures (until_day) WHERE until_day IS NOT NULL;

CREATE TABLE tasks (
  id       BIGINT PRIMARY KEY,
  chain    BIGINT NOT NULL,
  inquiry  BIGINT,
  kind     TEXT   NOT NULL,
  order_id BIGINT,
  measure  BIGINT,
  created  BIGINT NOT NULL,
  due      BIGINT NOT NULL,
  done     BIGINT,
  note     TEXT   NOT NULL,
  look     BIGINT
);
CREATE INDEX tasks_open ON tasks (due) WHERE done IS NULL;
CREATE INDEX tasks_of_chain ON tasks (chain);
CREATE INDEX tasks_to_look_at ON tasks (look) WHERE done IS NULL AND look IS NOT NULL;

CREATE TABLE certificates (
  inquiry BIGINT NOT NULL,
  number  BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  sha256  TEXT   NOT NULL,
  body    BYTEA  NOT NULL,
  PRIMARY KEY (inquiry, number)
);

-- Institution and property, as a keyed hash.
CREATE TABLE property_findings (
  property BYTEA PRIMARY KEY,
  note     TEXT   NOT NULL,
  actor    TEXT   NOT NULL,
  at       BIGINT NOT NULL
);

CREATE TABLE events (
  seq      BIGINT PRIMARY KEY,
  kind     BIGINT NOT NULL,
  inquiry  BIGINT NOT NULL,
  order_id BIGINT,
  revision BIGINT,
  at       BIGINT NOT NULL,
  data     BYTEA
);

CREATE TABLE consumers (
  name         TEXT PRIMARY KEY,
  acknowledged BIGINT NOT NULL
);

CREATE TABLE quotas (
  lane     TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (lane, day)
);

CREATE TABLE charges (
  lane     TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (lane, day)
);

CREATE TABLE charge_references (
  id        BIGSERIAL PRIMARY KEY,
  order_id  BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  reference TEXT   NOT NULL
);
CREATE INDEX charge_references_of_order ON charge_references (order_id);

-- The key is a keyed digest: it holds no identity number.
CREATE TABLE cached_answers (
  key    BYTEA PRIMARY KEY,
  root   BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at     BIGINT NOT NULL
);

CREATE TABLE pauses (
  lane   TEXT PRIMARY KEY,
  reason TEXT NOT NULL
);

CREATE TABLE receipts (
  id       BIGSERIAL PRIMARY KEY,
  order_id BIGINT NOT NULL,
  measure  BIGINT,
  at       BIGINT NOT NULL,
  title    TEXT   NOT NULL,
  format   TEXT   NOT NULL,
  sha256   TEXT   NOT NULL,
  size     BIGINT NOT NULL,
  raw      BIGINT,
  bytes    BYTEA  NOT NULL,
  UNIQUE (order_id, sha256)
);
CREATE INDEX receipts_of_measure ON receipts (measure) WHERE measure IS NOT NULL;

CREATE TABLE acts (
  id      BIGSERIAL PRIMARY KEY,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  act     TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  detail  BYTEA,
  refused TEXT
);
CREATE INDEX acts_by_subject ON acts (subject);
