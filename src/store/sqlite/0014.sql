-- Persons, sessions, keys and looks. Personal data is kept in bodies that pass one codec; 工号 is looked up by its keyed hash.
CREATE TABLE persons (
  id      BLOB    PRIMARY KEY,
  number  BLOB    NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  body    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  digest  BLOB    PRIMARY KEY,
  id      BLOB    NOT NULL UNIQUE,
  person  BLOB    NOT NULL,
  created INTEGER NOT NULL,
  seen    INTEGER NOT NULL,
  body    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE api_keys (
  id      BLOB    PRIMARY KEY,
  digest  BLOB    NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  body    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE looks (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  court   TEXT    NOT NULL,
  body    BLOB    NOT NULL
) STRICT;
CREATE INDEX looks_of_actor ON looks (actor, at);
CREATE INDEX looks_of_subject ON looks (subject);
CREATE INDEX looks_of_court ON looks (court);
CREATE INDEX looks_by_time ON looks (at);
