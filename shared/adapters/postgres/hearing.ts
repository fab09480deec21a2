import type { Pool } from '#shared/adapters/postgres/pool';
import type { Hearing } from '#shared/core/health';

const heard = `INSERT INTO hearing (topic, heard_at) VALUES ($1, now())
  ON CONFLICT (topic) DO UPDATE SET heard_at = now()`;

/** Which topics were heard, and when: one row each. */
export function createHearing(pool: Pool): Hearing {
  return {
    async heard(topic) {
      await pool.query(heard, [topic]);
    },
  };
}
