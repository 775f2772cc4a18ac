-- What other people's servers are told: who wants to be told of what, and what they were told.

-- secret signs what is sent; it is sealed under the deployment's secret. origin is where this deployment was asked when the
-- webhook was made: addresses of files are of it. died counts deliveries in a row that came to nothing.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret TEXT NOT NULL,
  origin TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1,
  disabled_reason TEXT,
  died INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX webhooks_by_organization ON webhooks (organization_id, id);

-- The outbox and the log of what was sent. number is the order they came in, which is the order they are sent in within a
-- session: a webhook's conversation, a gateway's chat. key says what of an event happened, so that the same is never kept
-- twice. Whoever is sending one holds it until held_until.
CREATE TABLE deliveries (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('webhook', 'gateway')),
  target_id TEXT NOT NULL,
  session TEXT NOT NULL,
  visitor_id TEXT,
  event TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TEXT NOT NULL,
  held_until TEXT,
  last_status INTEGER,
  last_error TEXT,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  UNIQUE (target_id, event, key)
) STRICT;
-- What is next in a session, and what is due of all.
CREATE INDEX deliveries_pending ON deliveries (target_id, session, number) WHERE status = 'pending';
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'pending';
-- The log: ids sort by the time they were made.
CREATE INDEX deliveries_by_target ON deliveries (target_id, id);
CREATE INDEX deliveries_by_status ON deliveries (target_id, status, id);
-- What is swept, and what goes with a visitor who is forgotten.
CREATE INDEX deliveries_done ON deliveries (status, created_at) WHERE status <> 'pending';
CREATE INDEX deliveries_by_visitor ON deliveries (visitor_id) WHERE visitor_id IS NOT NULL;
