-- Flows as their authors write them: which channel they answer in, when they begin, and their versions.
ALTER TABLE flows ADD COLUMN description TEXT;
ALTER TABLE flows ADD COLUMN channel TEXT;
ALTER TABLE flows ADD COLUMN trigger_type TEXT NOT NULL DEFAULT 'AUTO_REPLY';
ALTER TABLE flows ADD COLUMN trigger_config TEXT;
ALTER TABLE flows ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE flows ADD COLUMN published_at TEXT;
-- The last version that was ever published; 0 for none.
ALTER TABLE flows ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
UPDATE flows SET version = coalesce(published_version, 0), published_at = CASE WHEN published_version IS NULL THEN NULL ELSE updated_at END;
-- A channel is answered by one flow at most.
CREATE UNIQUE INDEX flows_answering ON flows (organization_id, channel)
  WHERE published_version IS NOT NULL AND enabled = 1 AND trigger_type = 'AUTO_REPLY' AND channel IS NOT NULL;
CREATE INDEX flows_by_channel ON flows (organization_id, channel, updated_at);

-- The widgets that name a flow are published anew when it changes.
ALTER TABLE widgets ADD COLUMN flow_id TEXT GENERATED ALWAYS AS (settings ->> '$.flowId') VIRTUAL;
CREATE INDEX widgets_by_flow ON widgets (organization_id, flow_id) WHERE deleted_at IS NULL AND flow_id IS NOT NULL;

-- What bots put on conversations for the people who answer: a JSON list.
ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
