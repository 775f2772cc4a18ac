-- A file that somebody uploaded. Its row is written before its object and removed after it; size stands once all of its
-- bytes have come, sent_at and message_id once a message carries it.
CREATE TABLE media (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  visitor_id TEXT NOT NULL,
  object_key TEXT NOT NULL UNIQUE,
  uploaded_by TEXT NOT NULL CHECK (uploaded_by IN ('visitor', 'agent')),
  mime_type TEXT NOT NULL,
  filename TEXT NOT NULL,
  size INTEGER,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  message_id TEXT
) STRICT;
CREATE INDEX media_by_visitor ON media (organization_id, visitor_id);
CREATE INDEX media_unsent ON media (created_at) WHERE sent_at IS NULL;
CREATE INDEX media_by_message ON media (message_id) WHERE message_id IS NOT NULL;
