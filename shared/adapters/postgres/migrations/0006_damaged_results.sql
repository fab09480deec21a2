-- Health counts damaged MP3s of the last day among a month of jobs.
CREATE INDEX jobs_damaged ON jobs (updated_at) WHERE state = 'done' AND error IS NOT NULL;
