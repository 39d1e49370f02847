-- Several processes on one store.

-- What each writer committed last: written in every transaction, so that a commit of unknown outcome is found out.
ALTER TABLE replicas RENAME TO writers;
ALTER TABLE writers DROP COLUMN address;
ALTER TABLE writers DROP COLUMN seen;

-- The processes that work on this store. One that is retired holds no lease; it is told so when it comes back.
CREATE TABLE replicas (
  id       TEXT    PRIMARY KEY,
  name     TEXT    NOT NULL,
  address  TEXT    NOT NULL,
  started  BIGINT  NOT NULL,
  seen     BIGINT  NOT NULL,
  expires  BIGINT  NOT NULL,
  draining BOOLEAN NOT NULL,
  retired  BOOLEAN NOT NULL
);

-- Which process works for a lane (or the clock, or a relay): nobody where `holder` is empty. `epoch` grows at each change of the holder.
-- A lease stands as long as its holder is not retired. `asked` is the process that the work is to move to.
DROP TABLE leases;
CREATE TABLE leases (
  name   TEXT   PRIMARY KEY,
  holder TEXT   NOT NULL,
  epoch  BIGINT NOT NULL,
  since  BIGINT NOT NULL,
  asked  TEXT   NOT NULL
);

-- The next row number of each kind that no process has taken.
CREATE TABLE row_numbers (
  kind TEXT   PRIMARY KEY,
  next BIGINT NOT NULL
);

-- What outlives a lane's move: its breaker, and how often a person reset it.
CREATE TABLE lane_states (
  lane    TEXT   PRIMARY KEY,
  breaker TEXT,
  resets  BIGINT NOT NULL
);

-- Digests of tokens that calls under way may be asked about, once.
CREATE TABLE call_tokens (
  digest BYTEA  PRIMARY KEY,
  lane   TEXT   NOT NULL,
  made   BIGINT NOT NULL
);
