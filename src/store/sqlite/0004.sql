-- What was answered to feedback that could not be read: its names must differ, and it must come to an end.
CREATE TABLE responses (
  lane   TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  digest TEXT    NOT NULL,
  about  TEXT    NOT NULL,
  nth    INTEGER NOT NULL,
  times  INTEGER NOT NULL,
  PRIMARY KEY (lane, name, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX responses_about ON responses (lane, about);
