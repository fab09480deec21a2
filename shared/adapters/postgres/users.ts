import { isId } from '#shared/adapters/postgres/ids';
import { cancelling, expiring, expiry, lostSource } from '#shared/adapters/postgres/job-endings';
import type { Pool } from '#shared/adapters/postgres/pool';
import { seconds, transition } from '#shared/adapters/postgres/transition';
import { userColumns } from '#shared/adapters/postgres/user-row';
import type { User, Users } from '#shared/core/ports';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';

const insert = `INSERT INTO users (id, email, email_key, password_hash) VALUES ($1, $2, $3, $4)
  ON CONFLICT (email_key) DO NOTHING RETURNING id`;

// At most one a day, so that nobody's mailbox can be filled by registering their address.
const mailAccountExists = `INSERT INTO mails (kind, user_id)
  SELECT 'account_exists', id FROM users WHERE email_key = $1
  ON CONFLICT (user_id, kind) WHERE job_id IS NULL DO UPDATE
  SET id = gen_random_uuid(), state = 'due', attempt = 0, due_at = now(), called_at = NULL,
    reason = NULL, created_at = now(), updated_at = now()
  WHERE mails.created_at <= now() - ${seconds(86_400)}`;

const findByEmailKey = `SELECT ${userColumns} FROM users WHERE email_key = $1`;

const findById = `SELECT ${userColumns} FROM users WHERE id = $1`;

const setPasswordHash = 'UPDATE users SET password_hash = $2 WHERE id = $1';

const endSessions = 'DELETE FROM sessions WHERE user_id = $1';

const setRoles = 'UPDATE users SET roles = $2 WHERE id = $1 RETURNING id';

const list = `SELECT ${userColumns} FROM users
  WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`;

/** Accounts. */
export function createUsers(pool: Pool, retention: Retention = defaultRetention): Users {
  const removal = removalSteps(retention);
  const one = async (text: string, key: string) => (await pool.query<User>(text, [key]))[0];
  return {
    async create({ id, email, emailKey, passwordHash }) {
      const created = await pool.query(insert, [id, email, emailKey, passwordHash]);
      if (created.length > 0) return 'created';
      await pool.query(mailAccountExists, [emailKey]);
      return 'taken';
    },
    findByEmailKey: (emailKey) => one(findByEmailKey, emailKey),
    findById: async (id) => (isId(id) ? one(findById, id) : undefined),
    setPasswordHash: (id, hash, { keepSessions }) =>
      pool.transaction(async (queries) => {
        await queries.query(setPasswordHash, [id, hash]);
        if (!keepSessions) await queries.query(endSessions, [id]);
      }),
    setRoles: async (id, roles) => isId(id) && (await pool.query(setRoles, [id, roles])).length > 0,
    async list({ after, limit }) {
      if (after !== undefined && !isId(after)) return [];
      return pool.query<User>(list, [after, limit]);
    },
    remove: (id) =>
      pool.transaction(async (queries) => {
        for (const step of removal) await queries.query(step, [id]);
      }),
  };
}

/** Sessions, mails and idempotency keys go with the row of their person. */
function removalSteps(retention: Retention): readonly string[] {
  const where = 'owner_id = $1';
  return [
    // No job can be opened from here on, and workers that end one are not in the way.
    'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE',
    transition({ step: 'abort', where, set: expiry(retention), discard: [lostSource] }),
    transition({ ...cancelling(retention), where }),
    transition({ ...expiring, where }),
    `UPDATE jobs SET hidden = true WHERE ${where}`,
    'DELETE FROM users WHERE id = $1',
  ];
}
