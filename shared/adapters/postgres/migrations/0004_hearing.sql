-- When a bell of each topic last came by the broker and the connector, at most a few seconds late.
CREATE TABLE hearing (
  topic    text PRIMARY KEY,
  heard_at timestamptz NOT NULL
);
-- Health counts failures of the last day among a month of jobs.
CREATE INDEX jobs_failed ON jobs (updated_at) WHERE state = 'failed';
CREATE INDEX mails_failed ON mails (updated_at) WHERE state = 'failed';
