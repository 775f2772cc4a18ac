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
