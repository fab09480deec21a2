-- How much of the MP3 outlives a worker. The row answers for its file as for the output.
ALTER TABLE jobs ADD COLUMN checkpoint jsonb
  CHECK (checkpoint IS NULL OR state IN ('queued', 'running'));
CREATE INDEX jobs_by_checkpoint ON jobs ((checkpoint ->> 'fileId')) WHERE checkpoint IS NOT NULL;
