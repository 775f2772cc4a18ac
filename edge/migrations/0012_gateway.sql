-- Chat servers that forward their visitors. origin is where this deployment was asked when a server was registered: addresses
-- of files that it is told of are of it. An account is a widget as such a server knows it: by a token of its own. What an
-- agent or a bot says to a session goes back to the server that the session came by, at the address that is registered here.
CREATE TABLE gateway_accounts (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  name TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX gateway_accounts_by_organization ON gateway_accounts (organization_id, id);

CREATE TABLE gateway_servers (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  account_id TEXT NOT NULL REFERENCES gateway_accounts (id),
  server TEXT NOT NULL,
  callback_url TEXT NOT NULL,
  secret TEXT NOT NULL,
  origin TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (account_id, server)
) STRICT;

-- A server's own name for one of its visitors. It is an organization's, so that a call that names no account finds it.
CREATE TABLE gateway_sessions (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  session TEXT NOT NULL,
  account_id TEXT NOT NULL,
  server_id TEXT NOT NULL,
  widget_id TEXT NOT NULL,
  visitor_id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, session)
) STRICT, WITHOUT ROWID;

-- Conversations that have a number, for those who know them as tickets.
CREATE TABLE tickets (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  conversation_id TEXT NOT NULL UNIQUE
) STRICT;
