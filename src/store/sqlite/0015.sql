-- Inquiries by when they were accepted, for statistics; and papers that were printed, each kept as it was issued.
CREATE INDEX inquiries_by_created ON inquiries (created, id);

CREATE TABLE prints (
  id      INTEGER PRIMARY KEY,
  chain   INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  format  TEXT    NOT NULL,
  about   TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  sha256  TEXT    NOT NULL,
  size    INTEGER NOT NULL,
  body    BLOB    NOT NULL
) STRICT;
CREATE INDEX prints_of_chain ON prints (chain);
