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

-- What was said, and who visitors say they are, by their words. What is deleted leaves no word behind.
ALTER TABLE messages ADD COLUMN organization TEXT GENERATED ALWAYS AS (replace(organization_id, '-', '')) VIRTUAL;
CREATE VIRTUAL TABLE message_search USING fts5 (organization, text, content='messages', detail='column', columnsize=0, tokenize='unicode61 remove_diacritics 2');
INSERT INTO message_search (message_search, rank) VALUES ('secure-delete', 1);

-- Messages whose words are not looked up yet: whoever searches next sees to it, else the sweep. What is written all the
-- time is not slowed down by what is searched now and then.
CREATE TABLE unsearched (
  organization_id TEXT NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (organization_id, message)
) STRICT, WITHOUT ROWID;
INSERT INTO unsearched SELECT organization_id, rowid FROM messages;
CREATE TRIGGER messages_said AFTER INSERT ON messages BEGIN
  INSERT INTO unsearched VALUES (new.organization_id, new.rowid);
END;
CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
  INSERT INTO message_search (message_search, rowid, organization, text) SELECT 'delete', old.rowid, old.organization, old.text
    WHERE NOT EXISTS (SELECT 1 FROM unsearched WHERE organization_id = old.organization_id AND message = old.rowid);
  DELETE FROM unsearched WHERE organization_id = old.organization_id AND message = old.rowid;
END;
CREATE TRIGGER messages_amended AFTER UPDATE OF text ON messages BEGIN
  INSERT INTO message_search (message_search, rowid, organization, text) SELECT 'delete', old.rowid, old.organization, old.text
    WHERE NOT EXISTS (SELECT 1 FROM unsearched WHERE organization_id = old.organization_id AND message = old.rowid);
  INSERT OR IGNORE INTO unsearched VALUES (new.organization_id, new.rowid);
END;

ALTER TABLE visitors ADD COLUMN organization TEXT GENERATED ALWAYS AS (replace(organization_id, '-', '')) VIRTUAL;
CREATE VIRTUAL TABLE visitor_search USING fts5 (organization, name, email, content='visitors', detail='column', columnsize=0, tokenize='unicode61 remove_diacritics 2');
INSERT INTO visitor_search (visitor_search, rank) VALUES ('secure-delete', 1);
INSERT INTO visitor_search (visitor_search) VALUES ('rebuild');
CREATE TRIGGER visitors_came AFTER INSERT ON visitors BEGIN
  INSERT INTO visitor_search (rowid, organization, name, email) VALUES (new.rowid, new.organization, new.name, new.email);
END;
CREATE TRIGGER visitors_gone AFTER DELETE ON visitors BEGIN
  INSERT INTO visitor_search (visitor_search, rowid, organization, name, email) VALUES ('delete', old.rowid, old.organization, old.name, old.email);
END;
CREATE TRIGGER visitors_changed AFTER UPDATE OF name, email ON visitors WHEN old.name IS NOT new.name OR old.email IS NOT new.email BEGIN
  INSERT INTO visitor_search (visitor_search, rowid, organization, name, email) VALUES ('delete', old.rowid, old.organization, old.name, old.email);
  INSERT INTO visitor_search (rowid, organization, name, email) VALUES (new.rowid, new.organization, new.name, new.email);
END;

-- A file that somebody uploaded. Its row is written before its object and removed after it; size stands once all of its
-- bytes have come, sent_at and message_id once a
-- message carries it.
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
