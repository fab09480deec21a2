CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL,
  email_key     text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  roles         text[] NOT NULL DEFAULT '{user}',
  created_at    timestamptz NOT NULL DEFAULT now()
);

-- One login. Its refresh tokens live and die together: to end it, delete the row.
CREATE TABLE sessions (
  family_id  uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE refresh_tokens (
  token_hash text PRIMARY KEY,
  family_id  uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  used_at    timestamptz
);
CREATE INDEX refresh_tokens_of_family ON refresh_tokens (family_id);

-- The layout is rate-limiter-flexible's.
CREATE TABLE rate_limits (
  key    varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
