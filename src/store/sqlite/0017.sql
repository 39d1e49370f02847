-- Cases are found by party, officer, day of filing and state. Words are keyed hashes: names and numbers stand in bodies alone.
CREATE TABLE found_by (
  word    BLOB    NOT NULL,
  inquiry INTEGER NOT NULL,
  PRIMARY KEY (word, inquiry)
) STRICT, WITHOUT ROWID;
CREATE INDEX found_by_inquiry ON found_by (inquiry);
ALTER TABLE inquiries ADD COLUMN filed_on TEXT;
CREATE INDEX inquiries_by_filing ON inquiries (filed_on, case_id) WHERE filed_on IS NOT NULL;
ALTER TABLE cases ADD COLUMN state TEXT NOT NULL DEFAULT 'query_only';
UPDATE cases SET state = COALESCE((SELECT json_extract(n.claim, '$.state') FROM chains n WHERE n.id = cases.chain), 'query_only');
CREATE INDEX cases_by_state ON cases (state);
