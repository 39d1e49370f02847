-- A query shows a measure under the registry's own number.
CREATE INDEX measures_by_reference ON measures (reference) WHERE reference <> '';
