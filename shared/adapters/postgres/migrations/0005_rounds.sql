-- A person may ask for a failed job once more: that is another round, with a mail of its own.
ALTER TABLE jobs ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE mails ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE mails DROP CONSTRAINT mails_job_id_kind_key;
ALTER TABLE mails ADD UNIQUE (job_id, kind, round);
