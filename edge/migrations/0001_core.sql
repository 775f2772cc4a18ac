-- The core tables: who owns what, who may ask, and the record of conversations as their Threads project it.
-- Ids are UUIDs as text, times RFC 3339 in UTC with milliseconds, booleans 0 and 1, structures JSON.

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

-- A key is `mk_live_<prefix>.<secret>`: found by its prefix, proved by the SHA-256 of its secret (hex).
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT REFERENCES agents (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
) STRICT;
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, created_at);

CREATE TABLE widgets (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  token TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1,
  settings TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX widgets_by_organization ON widgets (organization_id, created_at);

CREATE TABLE flows (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  steps TEXT NOT NULL DEFAULT '[]',
  published_version INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX flows_by_organization ON flows (organization_id, updated_at);

-- What was published never changes: a running conversation stays on the version it began with.
CREATE TABLE flow_versions (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  flow_id TEXT NOT NULL REFERENCES flows (id),
  version INTEGER NOT NULL,
  steps TEXT NOT NULL,
  published_at TEXT NOT NULL,
  PRIMARY KEY (flow_id, version)
) STRICT;

-- name, email and phone are what the visitor claims.
CREATE TABLE visitors (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  name TEXT,
  email TEXT,
  phone TEXT,
  context TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX visitors_by_organization ON visitors (organization_id, created_at);

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  visitor_id TEXT NOT NULL REFERENCES visitors (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'open', 'closed')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  closed_at TEXT,
  last_message TEXT,
  unread INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX conversations_by_activity ON conversations (organization_id, updated_at DESC, id);
CREATE INDEX conversations_by_status ON conversations (organization_id, status, updated_at DESC, id);

CREATE TABLE messages (
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  organization_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  text TEXT NOT NULL,
  json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (conversation_id, seq)
) STRICT;
