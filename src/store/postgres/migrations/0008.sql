-- Cases are found by party, officer, day of filing and state. Words are keyed hashes: names and numbers stand in bodies alone.
CREATE TABLE found_by (
  word    BYTEA  NOT NULL,
  inquiry BIGINT NOT NULL,
  PRIMARY KEY (word, inquiry)
);
CREATE INDEX found_by_inquiry ON found_by (inquiry);
ALTER TABLE inquiries ADD COLUMN filed_on TEXT;
CREATE INDEX inquiries_by_filing ON inquiries (filed_on, case_id) WHERE filed_on IS NOT NULL;
ALTER TABLE cases ADD COLUMN state TEXT NOT NULL DEFAULT 'query_only';
UPDATE cases SET state = COALESCE((SELECT CAST(n.claim AS JSON) ->> 'state' FROM chains n WHERE n.id = cases.chain), 'query_only');
CREATE INDEX cases_by_state ON cases (state, id);
DROP INDEX cases_by_court;
CREATE INDEX cases_by_court ON cases (court_code, id);
