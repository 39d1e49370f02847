-- Courts as tenants: whose case an inquiry and an order are about, so that lists, counts and turns go by court.
ALTER TABLE inquiries ADD COLUMN court TEXT NOT NULL DEFAULT '';
UPDATE inquiries SET court = COALESCE((SELECT c.court_code FROM cases c WHERE c.id = inquiries.case_id), '');
ALTER TABLE orders ADD COLUMN court TEXT NOT NULL DEFAULT '';
UPDATE orders SET court = COALESCE((SELECT i.court FROM inquiries i WHERE i.id = orders.inquiry), '');
CREATE INDEX inquiries_of_court ON inquiries (court);
CREATE INDEX orders_of_court ON orders (court);
-- Within a priority courts take turns in a lane.
DROP INDEX orders_queued;
CREATE INDEX orders_queued ON orders (lane, court, turn) WHERE state = 0;
