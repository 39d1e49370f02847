-- Persons, sessions, keys and looks. Personal data is kept in bodies that pass one codec; 工号 is looked up by its keyed hash.
CREATE TABLE persons (
  id      BYTEA  PRIMARY KEY,
  number  BYTEA  NOT NULL UNIQUE,
  created BIGINT NOT NULL,
  body    BYTEA  NOT NULL
);

CREATE TABLE sessions (
  digest  BYTEA  PRIMARY KEY,
  id      BYTEA  NOT NULL UNIQUE,
  person  BYTEA  NOT NULL,
  created BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  body    BYTEA  NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE api_keys (
  id      BYTEA  PRIMARY KEY,
  digest  BYTEA  NOT NULL UNIQUE,
  created BIGINT NOT NULL,
  body    BYTEA  NOT NULL
);

CREATE TABLE looks (
  id      BIGSERIAL PRIMARY KEY,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  kind    TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  court   TEXT   NOT NULL,
  body    BYTEA  NOT NULL
);
CREATE INDEX looks_of_actor ON looks (actor, at);
CREATE INDEX looks_of_subject ON looks (subject);
CREATE INDEX looks_of_court ON looks (court, id);
CREATE INDEX looks_by_time ON looks (at);
