-- Orders that people carry along, and what was done about each.
CREATE TABLE desk (
  order_id INTEGER PRIMARY KEY,
  lane     TEXT    NOT NULL,
  court    TEXT    NOT NULL,
  deadline INTEGER NOT NULL,
  state    INTEGER NOT NULL,
  version  INTEGER NOT NULL,
  body     BLOB    NOT NULL,
  entered  BLOB
) STRICT;
CREATE INDEX desk_waiting ON desk (deadline, order_id) WHERE state < 3;
CREATE INDEX desk_done ON desk (deadline, order_id) WHERE state = 3;
