import { isId } from '#shared/adapters/postgres/ids';
import { cancelling, expiring } from '#shared/adapters/postgres/job-endings';
import { jobColumns, toBell, toJob } from '#shared/adapters/postgres/job-row';
import type { BellRow, JobRow } from '#shared/adapters/postgres/job-row';
import type { Pool } from '#shared/adapters/postgres/pool';
import { transition } from '#shared/adapters/postgres/transition';
import type { JobShelf } from '#shared/core/ports';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';

const own = 'id = $2 AND owner_id = $1 AND NOT hidden';

const find = `SELECT ${jobColumns} FROM jobs WHERE ${own}`;

const list = `SELECT ${jobColumns} FROM jobs
  WHERE owner_id = $1 AND NOT hidden AND ($2::uuid IS NULL OR id < $2)
  ORDER BY id DESC LIMIT $3`;

const retry = transition({
  step: 'retry',
  where: own,
  set: `round = round + 1, attempt = 0, progress = 0, error = NULL, expires_at = NULL,
    request_id = $3, due_at = now(), called_at = now()`,
  bell: 'video_uploaded',
});

const damage = transition({ step: 'damage', where: `${own} AND error IS NULL`, error: '$3' });

const remove = transition({
  ...expiring,
  where: own,
  set: `${expiring.set}, hidden = true`,
});

const hideExpired = `UPDATE jobs SET hidden = true WHERE ${own} AND state = 'expired' RETURNING id`;

/** The jobs as their owner sees them: the owner is part of every query. */
export function createJobShelf(pool: Pool, retention: Retention = defaultRetention): JobShelf {
  const cancel = transition({ ...cancelling(retention), where: own });
  const one = async (text: string, ownerId: string, id: string) => {
    const [row] = isId(id) ? await pool.query<JobRow>(text, [ownerId, id]) : [];
    return row && toJob(row);
  };
  return {
    find: (ownerId, id) => one(find, ownerId, id),
    async list(ownerId, { before, limit }) {
      if (before !== undefined && !isId(before)) return [];
      return (await pool.query<JobRow>(list, [ownerId, before, limit])).map(toJob);
    },
    cancel: (ownerId, id) => one(cancel, ownerId, id),
    async retry(ownerId, id, requestId) {
      if (!isId(id)) return undefined;
      const [row] = await pool.query<JobRow & BellRow>(retry, [ownerId, id, requestId]);
      return row && { job: toJob(row), bell: toBell(row) };
    },
    async noteDamage(ownerId, id, error) {
      if (isId(id)) await pool.query(damage, [ownerId, id, error]);
    },
    async remove(ownerId, id) {
      if (!isId(id)) return false;
      const removed = await pool.query(remove, [ownerId, id]);
      return removed.length > 0 || (await pool.query(hideExpired, [ownerId, id])).length > 0;
    },
  };
}
