import type { Pool, Queries } from '#shared/adapters/postgres/pool';
import { seconds } from '#shared/adapters/postgres/transition';
import { userColumns } from '#shared/adapters/postgres/user-row';
import type { Rotation, Sessions, User } from '#shared/core/ports';

/** Two tabs that refresh at once are no theft. */
const GRACE_SECONDS = 10;

const start = `WITH session AS (
    INSERT INTO sessions (family_id, user_id, expires_at)
    VALUES ($1, $2, now() + ${seconds('$4')}) RETURNING family_id
  )
  INSERT INTO refresh_tokens (token_hash, family_id) SELECT $3, family_id FROM session`;

const familyOfToken = '(SELECT family_id FROM refresh_tokens WHERE token_hash = $1)';

// Whoever rotates a token of this family meanwhile waits here.
const lock = `SELECT family_id AS "familyId", user_id AS "userId" FROM sessions
  WHERE family_id = ${familyOfToken} AND expires_at > now() FOR UPDATE`;

const use = `UPDATE refresh_tokens SET used_at = clock_timestamp()
  WHERE token_hash = $1 AND used_at IS NULL RETURNING family_id`;

const add = 'INSERT INTO refresh_tokens (token_hash, family_id) VALUES ($1, $2)';

const usedJustNow = `SELECT used_at FROM refresh_tokens
  WHERE token_hash = $1 AND used_at > now() - ${seconds(GRACE_SECONDS)}`;

const endFamily = 'DELETE FROM sessions WHERE family_id = $1';

const end = `DELETE FROM sessions WHERE family_id = ${familyOfToken}`;

const findUser = `SELECT ${userColumns} FROM users WHERE id = $1`;

/** Logins. A family that ends is deleted, so its tokens become unknown. */
export function createSessions(pool: Pool): Sessions {
  return {
    async start({ familyId, userId, tokenHash, lifetimeSeconds }) {
      await pool.query(start, [familyId, userId, tokenHash, lifetimeSeconds]);
    },
    rotate: (tokenHash, nextTokenHash) =>
      pool.transaction((queries) => rotate(queries, tokenHash, nextTokenHash)),
    async end(tokenHash) {
      await pool.query(end, [tokenHash]);
    },
  };
}

async function rotate(queries: Queries, tokenHash: string, nextHash: string): Promise<Rotation> {
  const [family] = await queries.query<{ familyId: string; userId: string }>(lock, [tokenHash]);
  if (!family) return { outcome: 'unknown' };

  const used = await queries.query(use, [tokenHash]);
  if (used.length > 0) {
    await queries.query(add, [nextHash, family.familyId]);
    const [user] = await queries.query<User>(findUser, [family.userId]);
    return user ? { outcome: 'rotated', user } : { outcome: 'unknown' };
  }

  const recent = await queries.query(usedJustNow, [tokenHash]);
  if (recent.length > 0) return { outcome: 'raced' };
  await queries.query(endFamily, [family.familyId]);
  return { outcome: 'reused' };
}
