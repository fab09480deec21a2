import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** What still has to happen before a run can be judged. */
interface Pending {
  readonly jobs: number;
  readonly mails: number;
  readonly bells: number;
  readonly files: number;
}

const sweepEveryMs = 2_000;

/**
 * Sweeps until every job has ended, every mail has left and every file that is due is deleted.
 * Resolves with the seconds it took; rejects with what is left when the time is over.
 */
export async function settle(
  { gatewayUrl, databaseUrl }: { readonly gatewayUrl: string; readonly databaseUrl: string },
  withinSeconds: number,
  report: (line: string) => void,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    await fetch(`${gatewayUrl}/function/sweep`, { method: 'POST' }).catch(() => undefined);
    const pending = await count(databaseUrl);
    const elapsed = (performance.now() - startedAt) / 1_000;
    if (Object.values(pending).every((left) => left === 0)) return elapsed;
    if (elapsed > withinSeconds) throw new Error(`not settled: ${JSON.stringify(pending)}`);
    report(`  ${elapsed.toFixed(0).padStart(4)} s  ${describe(pending)}`);
    await sleep(sweepEveryMs);
  }
}

async function count(databaseUrl: string): Promise<Pending> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    // An upload whose process died has no owner waiting; its time ends with its deadline. Files of
    // a lost lease wait for two leases, those of a retention for days.
    const { rows } = await client.query<Pending>(`SELECT
      (SELECT count(*)::int FROM jobs WHERE state IN ('queued', 'running')) AS jobs,
      (SELECT count(*)::int FROM mails WHERE state = 'due') AS mails,
      (SELECT count(*)::int FROM outbox WHERE rung_at IS NULL) AS bells,
      (SELECT count(*)::int FROM discarded_files WHERE not_before < now() + interval '1 minute')
        AS files`);
    const [pending] = rows;
    if (pending === undefined) throw new Error('the database counts nothing');
    return pending;
  } finally {
    await client.end();
  }
}

function describe({ jobs, mails, bells, files }: Pending): string {
  return `${jobs} jobs, ${mails} mails, ${bells} bells and ${files} files to go`;
}
