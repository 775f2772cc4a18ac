-- Who administers what: when keys were last used, who changed what, and lists of many widgets that stay quick.

ALTER TABLE api_keys ADD COLUMN last_used_at TEXT;

-- What administrators changed: by which key, and from what to what (a JSON list of {path, before, after}).
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  at TEXT NOT NULL,
  actor_prefix TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target_id TEXT NOT NULL,
  changes TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_organization ON audit (organization_id, id);
CREATE INDEX audit_by_target ON audit (organization_id, target_id, id);

-- What widgets are filtered by, besides their type: the voice agent, and the types that one for all of them holds.
ALTER TABLE widgets ADD COLUMN voice_agent TEXT GENERATED ALWAYS AS (coalesce(
  settings ->> '$.voiceAiAgentId', settings ->> '$.advanceSettings.voiceAiAgent.id',
  settings ->> '$.advanceSettings.voiceAiAgent.agentId', settings ->> '$.advanceSettings.voiceAiAgent', '')) VIRTUAL;
ALTER TABLE widgets ADD COLUMN holds TEXT GENERATED ALWAYS AS (
  CASE json_type(settings, '$.advanceSettings.allInOneChatTypes') WHEN 'array' THEN settings -> '$.advanceSettings.allInOneChatTypes' ELSE '[]' END) VIRTUAL;
DROP INDEX widgets_by_type;
CREATE INDEX widgets_living ON widgets (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX widgets_by_type ON widgets (organization_id, chat_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX widgets_by_voice_agent ON widgets (organization_id, voice_agent, chat_type, created_at, id) WHERE deleted_at IS NULL AND voice_agent <> '';

-- The types that living widgets for all types hold, one row each.
CREATE TABLE widget_holds (
  organization_id TEXT NOT NULL,
  chat_type TEXT NOT NULL,
  created_at TEXT NOT NULL,
  widget_id TEXT NOT NULL,
  PRIMARY KEY (organization_id, chat_type, created_at, widget_id)
) STRICT, WITHOUT ROWID;

-- How many living widgets there are of each sort: under no voice agent all of them, under one those that are its.
CREATE TABLE widget_counts (
  organization_id TEXT NOT NULL,
  voice_agent TEXT NOT NULL,
  chat_type TEXT NOT NULL,
  holds TEXT NOT NULL,
  widgets INTEGER NOT NULL,
  PRIMARY KEY (organization_id, voice_agent, chat_type, holds)
) STRICT, WITHOUT ROWID;

INSERT INTO widget_holds SELECT DISTINCT w.organization_id, held.value, w.created_at, w.id
  FROM widgets w, json_each(w.holds) held WHERE w.deleted_at IS NULL AND w.chat_type = 'allInOneChat' AND held.type = 'text';
INSERT INTO widget_counts SELECT organization_id, '', chat_type, holds, count(*) FROM widgets WHERE deleted_at IS NULL GROUP BY 1, 3, 4;
INSERT INTO widget_counts SELECT organization_id, voice_agent, chat_type, holds, count(*) FROM widgets
  WHERE deleted_at IS NULL AND voice_agent <> '' GROUP BY 1, 2, 3, 4;

CREATE TRIGGER widgets_came AFTER INSERT ON widgets WHEN new.deleted_at IS NULL BEGIN
  INSERT INTO widget_holds SELECT DISTINCT new.organization_id, held.value, new.created_at, new.id
    FROM json_each(new.holds) held WHERE new.chat_type = 'allInOneChat' AND held.type = 'text';
  INSERT INTO widget_counts SELECT new.organization_id, counted.agent, new.chat_type, new.holds, 1
    FROM (SELECT '' AS agent UNION SELECT new.voice_agent) counted WHERE true ON CONFLICT DO UPDATE SET widgets = widgets + 1;
END;
CREATE TRIGGER widgets_went BEFORE DELETE ON widgets WHEN old.deleted_at IS NULL BEGIN
  DELETE FROM widget_holds WHERE organization_id = old.organization_id AND created_at = old.created_at AND widget_id = old.id
    AND chat_type IN (SELECT value FROM json_each(old.holds));
  UPDATE widget_counts SET widgets = widgets - 1 WHERE organization_id = old.organization_id AND chat_type = old.chat_type
    AND holds = old.holds AND voice_agent IN ('', old.voice_agent);
  DELETE FROM widget_counts WHERE organization_id = old.organization_id AND chat_type = old.chat_type AND holds = old.holds
    AND voice_agent IN ('', old.voice_agent) AND widgets = 0;
END;
CREATE TRIGGER widgets_changed AFTER UPDATE OF chat_type, settings, deleted_at ON widgets
  WHEN old.chat_type <> new.chat_type OR old.voice_agent <> new.voice_agent OR old.holds <> new.holds OR old.deleted_at IS NOT new.deleted_at BEGIN
  DELETE FROM widget_holds WHERE organization_id = old.organization_id AND created_at = old.created_at AND widget_id = old.id
    AND chat_type IN (SELECT value FROM json_each(old.holds));
  UPDATE widget_counts SET widgets = widgets - 1 WHERE old.deleted_at IS NULL AND organization_id = old.organization_id
    AND chat_type = old.chat_type AND holds = old.holds AND voice_agent IN ('', old.voice_agent);
  DELETE FROM widget_counts WHERE organization_id = old.organization_id AND chat_type = old.chat_type AND holds = old.holds
    AND voice_agent IN ('', old.voice_agent) AND widgets = 0;
  INSERT INTO widget_holds SELECT DISTINCT new.organization_id, held.value, new.created_at, new.id
    FROM json_each(new.holds) held WHERE new.deleted_at IS NULL AND new.chat_type = 'allInOneChat' AND held.type = 'text';
  INSERT INTO widget_counts SELECT new.organization_id, counted.agent, new.chat_type, new.holds, 1
    FROM (SELECT '' AS agent UNION SELECT new.voice_agent) counted WHERE new.deleted_at IS NULL ON CONFLICT DO UPDATE SET widgets = widgets + 1;
END;
