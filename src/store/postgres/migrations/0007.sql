-- Orders that people carry along, and what was done about each.
CREATE TABLE desk (
  order_id BIGINT PRIMARY KEY,
  lane     TEXT   NOT NULL,
  court    TEXT   NOT NULL,
  deadline BIGINT NOT NULL,
  state    BIGINT NOT NULL,
  version  BIGINT NOT NULL,
  body     BYTEA  NOT NULL,
  entered  BYTEA
);
CREATE INDEX desk_waiting ON desk (deadline, order_id) WHERE state < 3;
CREATE INDEX desk_done ON desk (deadline, order_id) WHERE state = 3;
