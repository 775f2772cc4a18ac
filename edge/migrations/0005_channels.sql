-- What owners administer: widgets that can be deleted, departments, and the answers to calls that may be made again.

ALTER TABLE widgets ADD COLUMN deleted_at TEXT;

CREATE TABLE departments (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (organization_id, name)
) STRICT;

-- What a call under an Idempotency-Key was answered, for a day; sealed, for it may have told a secret.
CREATE TABLE answers (
  organization_id TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (organization_id, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (at);
