-- Lists that people read: no filter reads a whole table. Orders that went the usual way cost nothing here: their lists look at a part
-- at a time.
CREATE INDEX orders_ended_otherwise ON orders (state, id) WHERE state > 3;
CREATE INDEX orders_that_control ON orders (action, id) WHERE action <> 'query';
CREATE INDEX measures_by_state ON measures (state, id);
CREATE INDEX measures_by_lane ON measures (lane, state, id);
CREATE INDEX tasks_open_by_kind ON tasks (kind, due) WHERE done IS NULL;
CREATE INDEX acts_by_actor ON acts (actor, id);
CREATE INDEX acts_by_act ON acts (act, id);
CREATE INDEX cases_by_court ON cases (court_code);
