-- Variables that a flow declares: a JSON list.
ALTER TABLE flows ADD COLUMN variables TEXT NOT NULL DEFAULT '[]';

-- A channel is answered by one flow at most on all pages, and by one on the same list of pages.
DROP INDEX flows_answering;
CREATE UNIQUE INDEX flows_answering ON flows (organization_id, channel, coalesce(nullif(trigger_config ->> '$.urls', '[]'), ''))
  WHERE published_version IS NOT NULL AND enabled = 1 AND trigger_type = 'AUTO_REPLY' AND channel IS NOT NULL;

-- What servers that flows ask want to be shown: sealed under the deployment's secret.
CREATE TABLE secrets (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, name)
) WITHOUT ROWID;

-- Runs of a flow that are to come out the same: a script, and what came of it when it was kept.
CREATE TABLE flow_tests (
  organization_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  script TEXT NOT NULL,
  expected TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, flow_id, id)
) WITHOUT ROWID;
