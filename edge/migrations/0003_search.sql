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
  -- Not OR IGNORE: within a trigger, what the outer statement says of conflicts is what counts.
  INSERT INTO unsearched SELECT new.organization_id, new.rowid
    WHERE NOT EXISTS (SELECT 1 FROM unsearched WHERE organization_id = new.organization_id AND message = new.rowid);
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
