CREATE TABLE jobs (
  id             uuid PRIMARY KEY,
  owner_id       uuid NOT NULL,
  state          text NOT NULL CHECK (state IN (
    'uploading', 'queued', 'running', 'done', 'failed', 'cancelled', 'aborted', 'expired')),
  hidden         boolean NOT NULL DEFAULT false,
  request_id     text,

  source_file_id text NOT NULL UNIQUE,
  source_name    text NOT NULL,
  source_bytes   bigint,
  source_sha256  text,
  options        jsonb NOT NULL,

  attempt        integer NOT NULL DEFAULT 0,
  max_attempts   integer NOT NULL DEFAULT 5,
  -- When it is somebody's turn: uploading until its deadline, queued until it may start, running
  -- until its lease ends. Nobody's turn ever comes for the other states.
  due_at         timestamptz,
  -- When a bell was last handed out for it.
  called_at      timestamptz,
  lease_token    integer NOT NULL DEFAULT 0,
  lease_worker   text,
  lease_seconds  double precision,
  -- Where the attempt under way writes its MP3, and then the MP3 of a done job.
  output_file_id text UNIQUE,

  progress       double precision NOT NULL DEFAULT 0,
  result         jsonb,
  receipt        jsonb,
  error          jsonb,
  history        jsonb NOT NULL DEFAULT '[]',
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz,

  CHECK ((state IN ('uploading', 'queued', 'running')) = (due_at IS NOT NULL)),
  CHECK ((state IN ('running', 'done')) = (output_file_id IS NOT NULL)),
  CHECK ((state = 'done') = (result IS NOT NULL)),
  CHECK (state <> 'failed' OR error IS NOT NULL),
  CHECK (attempt BETWEEN 0 AND max_attempts)
);
-- Finding the next job takes as long with ten thousand waiting as with ten.
CREATE INDEX jobs_to_claim ON jobs (due_at)
  WHERE state IN ('queued', 'running') AND attempt < max_attempts;
CREATE INDEX jobs_exhausted ON jobs (due_at)
  WHERE state IN ('queued', 'running') AND attempt >= max_attempts;
CREATE INDEX jobs_uploading ON jobs (due_at) WHERE state = 'uploading';
CREATE INDEX jobs_by_expiry ON jobs (expires_at);
CREATE INDEX jobs_of_owner ON jobs (owner_id, id);

-- LISTEN jobs: the payload is the id of a job that looks different now.
CREATE FUNCTION tell_job_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('jobs', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER job_changed AFTER UPDATE ON jobs FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.progress <> NEW.progress OR OLD.lease_token <> NEW.lease_token)
  EXECUTE FUNCTION tell_job_change();

-- Bells, committed with the change they tell of.
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id     uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  event      jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  rung_at    timestamptz
);
CREATE INDEX outbox_unrung ON outbox (created_at) WHERE rung_at IS NULL;
CREATE INDEX outbox_rung ON outbox (rung_at) WHERE rung_at IS NOT NULL;
CREATE INDEX outbox_of_job ON outbox (job_id);

-- Mails, committed with what they tell of. due_at is also the end of a sender's lease.
CREATE TABLE mails (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind       text NOT NULL CHECK (kind IN (
    'conversion_completed', 'conversion_failed', 'account_exists')),
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  job_id     uuid REFERENCES jobs ON DELETE CASCADE,
  request_id text,
  state      text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'failed')),
  attempt    integer NOT NULL DEFAULT 0,
  due_at     timestamptz NOT NULL DEFAULT now(),
  called_at  timestamptz,
  reason     text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (job_id, kind),
  CHECK ((kind = 'account_exists') = (job_id IS NULL))
);
CREATE UNIQUE INDEX mails_of_account ON mails (user_id, kind) WHERE job_id IS NULL;
CREATE INDEX mails_due ON mails (due_at) WHERE state = 'due';
CREATE INDEX mails_over ON mails (updated_at) WHERE state <> 'due';

-- Files that no job needs any more, committed with the change that made them so.
CREATE TABLE discarded_files (
  bucket     text NOT NULL CHECK (bucket IN ('videos', 'mp3s')),
  file_id    text NOT NULL,
  not_before timestamptz NOT NULL,
  PRIMARY KEY (bucket, file_id)
);
CREATE INDEX discarded_files_by_time ON discarded_files (not_before);

CREATE TABLE idempotency_keys (
  owner_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  key         text NOT NULL,
  job_id      uuid NOT NULL,
  fingerprint text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- The last sweep that ended: one row.
CREATE TABLE sweeps (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  ended_at timestamptz NOT NULL,
  counts   jsonb NOT NULL
);
