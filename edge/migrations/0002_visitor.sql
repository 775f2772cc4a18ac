-- The whole visitor API: who visitors have proved to be, what agents do with conversations, and what is uploaded.

-- The secret that a host signs its users' ids with, sealed under the Worker secret.
ALTER TABLE widgets ADD COLUMN identity_secret TEXT;
ALTER TABLE widgets ADD COLUMN identity_secret_rotated_at TEXT;

-- Whom a visitor has proved to be, if they have: JSON; and what the host signed for besides.
ALTER TABLE visitors ADD COLUMN identity TEXT;
ALTER TABLE visitors ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';

-- Which visitor an identity is. Identities of different kinds are never the same, whatever their values.
CREATE TABLE identities (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  kind TEXT NOT NULL CHECK (kind IN ('host:uid', 'host:email', 'code:email')),
  value TEXT NOT NULL,
  visitor_id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  PRIMARY KEY (widget_id, kind, value)
) STRICT;

-- What a conversation is besides what was said: whose it is to answer, for which department, and how it was found.
ALTER TABLE conversations ADD COLUMN assignee_id TEXT REFERENCES agents (id);
ALTER TABLE conversations ADD COLUMN department_id TEXT;
ALTER TABLE conversations ADD COLUMN rating INTEGER;
ALTER TABLE conversations ADD COLUMN rating_comment TEXT;
CREATE INDEX conversations_by_assignee ON conversations (organization_id, assignee_id, updated_at DESC, id);
CREATE INDEX conversations_by_channel ON conversations (organization_id, widget_id, updated_at DESC, id);
CREATE INDEX conversations_by_department ON conversations (organization_id, department_id, updated_at DESC, id);
CREATE INDEX conversations_by_visitor ON conversations (organization_id, visitor_id);

-- The pages that visitors have been to; of each visitor the newest hundred.
CREATE TABLE visits (
  visitor_id TEXT NOT NULL REFERENCES visitors (id),
  number INTEGER NOT NULL,
  organization_id TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT,
  at TEXT NOT NULL,
  PRIMARY KEY (visitor_id, number)
) STRICT;
