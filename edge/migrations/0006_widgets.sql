-- Widgets as site owners' tools know them: of a type, in a version, one of them the organization's default.

ALTER TABLE widgets ADD COLUMN chat_type TEXT NOT NULL DEFAULT 'liveChat';
ALTER TABLE widgets ADD COLUMN version REAL NOT NULL DEFAULT 1;
ALTER TABLE widgets ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0;
ALTER TABLE widgets ADD COLUMN origin_id TEXT;
UPDATE widgets SET is_default = 1 WHERE deleted_at IS NULL AND id = (
  SELECT first.id FROM widgets first WHERE first.organization_id = widgets.organization_id AND first.deleted_at IS NULL
  ORDER BY first.created_at, first.id LIMIT 1
);
CREATE UNIQUE INDEX widgets_default ON widgets (organization_id) WHERE is_default = 1 AND deleted_at IS NULL;
CREATE INDEX widgets_by_type ON widgets (organization_id, chat_type, created_at, id) WHERE deleted_at IS NULL;
