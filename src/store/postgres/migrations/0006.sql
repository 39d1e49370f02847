-- Inquiries by when they were accepted, for statistics; and papers that were printed, each kept as it was issued.
CREATE INDEX inquiries_by_created ON inquiries (created, id);

CREATE TABLE prints (
  id      BIGINT PRIMARY KEY,
  chain   BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  kind    TEXT   NOT NULL,
  format  TEXT   NOT NULL,
  about   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  sha256  TEXT   NOT NULL,
  size    BIGINT NOT NULL,
  body    BYTEA  NOT NULL
);
CREATE INDEX prints_of_chain ON prints (chain);
