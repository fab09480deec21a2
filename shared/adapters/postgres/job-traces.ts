import { isId } from '#shared/adapters/postgres/ids';
import type { Pool } from '#shared/adapters/postgres/pool';
import type { Topic } from '#shared/contracts/events';
import type { HistoryEntry, JobTrace, JobTraces } from '#shared/core/timeline';

/** What JSON makes of a part of a trace: its time is text, and what is absent is not there. */
type Written<T, Time extends keyof T> = Omit<T, Time> & Readonly<Record<Time, string>>;

interface TraceRow {
  readonly id: string;
  readonly requestId: string | null;
  readonly createdAt: Date;
  readonly history: readonly (Written<Omit<HistoryEntry, 'code'>, 'at'> &
    Partial<Pick<HistoryEntry, 'code'>>)[];
  readonly bells: readonly { readonly topic: Topic; readonly rungAt: string }[];
  readonly mails: readonly Written<JobTrace['mails'][number], 'updatedAt'>[];
}

const find = `SELECT id, request_id AS "requestId", created_at AS "createdAt", history,
    ARRAY(SELECT jsonb_build_object('topic', event ->> 'type', 'rungAt', rung_at)
      FROM outbox WHERE job_id = jobs.id AND rung_at IS NOT NULL ORDER BY outbox.id) AS bells,
    ARRAY(SELECT jsonb_build_object(
        'kind', kind, 'state', state, 'attempt', attempt, 'updatedAt', updated_at)
      FROM mails WHERE job_id = jobs.id ORDER BY created_at) AS mails
  FROM jobs WHERE id = $2 AND owner_id = $1 AND NOT hidden`;

/** What was written down about jobs; the owner is part of the query. */
export function createJobTraces(pool: Pool): JobTraces {
  return {
    async find(ownerId, id) {
      const [row] = isId(id) ? await pool.query<TraceRow>(find, [ownerId, id]) : [];
      return row && toTrace(row);
    },
  };
}

function toTrace({ id, requestId, createdAt, history, bells, mails }: TraceRow): JobTrace {
  return {
    id,
    requestId: requestId ?? undefined,
    createdAt,
    history: history.map(({ at, from, step, attempt, code }) => {
      return { at: new Date(at), from, step, attempt, code };
    }),
    bells: bells.map(({ topic, rungAt }) => ({ topic, rungAt: new Date(rungAt) })),
    mails: mails.map((mail) => ({ ...mail, updatedAt: new Date(mail.updatedAt) })),
  };
}
