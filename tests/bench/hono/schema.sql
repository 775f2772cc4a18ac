-- The tables of the Hono side: what its endpoints need, with the indexes they need.

CREATE TABLE widgets (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  enabled INTEGER NOT NULL DEFAULT 1,
  config TEXT NOT NULL
) STRICT;

CREATE TABLE visitors (
  id TEXT PRIMARY KEY,
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  name TEXT,
  email TEXT,
  phone TEXT,
  context TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  visitor_id TEXT NOT NULL UNIQUE REFERENCES visitors (id),
  visitor_seen INTEGER NOT NULL DEFAULT 0,
  agent_seen INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE messages (
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  client_id TEXT,
  direction TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  author_name TEXT,
  type TEXT NOT NULL,
  text TEXT NOT NULL,
  reply_to TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  UNIQUE (conversation_id, client_id)
) STRICT;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
) STRICT;

CREATE TABLE flows (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  name TEXT NOT NULL,
  steps TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

-- What was said in rooms, which are objects: told behind their backs.
CREATE TABLE room_messages (
  room TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (room, seq)
) STRICT;
