-- Messages that people leave where nobody is there to chat. name and email are what they claim; department_id may be of a
-- department that is gone. tries counts how often one was mailed or tried to be: 0 for what nobody is to be mailed.
CREATE TABLE offline_messages (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  widget_id TEXT NOT NULL REFERENCES widgets (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  message TEXT NOT NULL,
  department_id TEXT,
  page_host TEXT,
  created_at TEXT NOT NULL,
  mailed_at TEXT,
  tries INTEGER NOT NULL
) STRICT;
-- Their ids sort by the time they were made.
CREATE INDEX offline_messages_by_organization ON offline_messages (organization_id, id);
-- Those that are mailed again: five times, after the first.
CREATE INDEX offline_messages_unmailed ON offline_messages (created_at) WHERE mailed_at IS NULL AND tries > 0 AND tries <= 5;
