-- Messages that must still be handed over, though the file that they answer is put away already.
CREATE TABLE unsent (
  raw  INTEGER PRIMARY KEY REFERENCES raw_messages (id),
  lane TEXT    NOT NULL
) STRICT;
