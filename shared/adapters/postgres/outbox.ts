import type { Pool } from '#shared/adapters/postgres/pool';
import type { Outbox } from '#shared/core/ports';

const rung = 'UPDATE outbox SET rung_at = now() WHERE id = ANY($1::bigint[]) AND rung_at IS NULL';

/** Bells committed with what they tell of. */
export function createOutbox(pool: Pool): Outbox {
  return {
    async rung(outboxIds) {
      await pool.query(rung, [outboxIds]);
    },
  };
}
