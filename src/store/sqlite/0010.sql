-- When the clock looks at a task next: one of its own, or one of people that will be due.
ALTER TABLE tasks ADD COLUMN look INTEGER;
UPDATE tasks SET look = due WHERE done IS NULL AND kind = 'requery';
CREATE INDEX tasks_to_look_at ON tasks (look) WHERE done IS NULL AND look IS NOT NULL;
