import { createJobClaims } from '#shared/adapters/postgres/job-claims';
import { createPool, type Pool } from '#shared/adapters/postgres/pool';
import { migrate } from '../migrate.ts';
import { type Bench, type Benchmark, median } from './benchmark.ts';
import { onDatabase } from './conversion.ts';

const few = 10;

/** Claims with so many jobs waiting. */
export function claimsAmong(many: number, claims: number): Benchmark {
  return {
    name: 'h-claim',
    title: `a claim with ${many} jobs queued ÷ with ${few}`,
    bound: 2,
    better: 'lower',
    measure: (bench) =>
      withQueue(bench, few, (short) =>
        withQueue(bench, many, async (long) => {
          const rounds: Round[] = [];
          for (let i = 0; i < bench.repeats; i += 1)
            rounds.push(await takeTurns(short, long, claims));
          for (const [count, queue] of [
            [few, short],
            [many, long],
          ] as const) {
            bench.report(`\n  the plan with ${count} queued\n${await planOf(queue)}`);
          }
          return {
            ratios: rounds.map((round) => round.long / round.short),
            figures: [
              [`${few} queued`, milliseconds(rounds.map((round) => round.short))],
              [`${many} queued`, milliseconds(rounds.map((round) => round.long))],
            ],
          };
        }),
      ),
  };
}

/** Median seconds of a claim. */
interface Round {
  readonly short: number;
  readonly long: number;
}

/** A database of its own, with jobs that no function of the service claims. */
async function withQueue<T>(
  { service }: Bench,
  count: number,
  work: (queue: Pool) => Promise<T>,
): Promise<T> {
  const name = `bench_${count}_queued`;
  const url = new URL(service.addresses.databaseUrl);
  url.pathname = name;
  await onDatabase(service, (server) => server.query(`CREATE DATABASE ${name}`));
  const pool = createPool({ url: url.href, max: 1, applicationName: 'bench' });
  try {
    await migrate(url.href);
    await pool.query(fill, [count]);
    await pool.query('ANALYZE jobs');
    return await work(pool);
  } finally {
    await pool.end();
    await onDatabase(service, (server) => server.query(`DROP DATABASE ${name}`));
  }
}

const fill = `INSERT INTO jobs (id, owner_id, state, source_file_id, source_name, options, due_at)
  SELECT gen_random_uuid(), gen_random_uuid(), 'queued', gen_random_uuid(), 'a.mov', '{}',
    now() - make_interval(secs => n) FROM generate_series(1, $1::int) AS n`;

/** Each claimed job goes back to the end of the queue, which stays as long as it is. */
async function takeTurns(short: Pool, long: Pool, claims: number): Promise<Round> {
  const inShort: number[] = [];
  const inLong: number[] = [];
  for (let i = 0; i < claims; i += 1) {
    inShort.push(await claimSeconds(short));
    inLong.push(await claimSeconds(long));
  }
  return { short: median(inShort), long: median(inLong) };
}

async function claimSeconds(queue: Pool): Promise<number> {
  const claims = createJobClaims(queue);
  const startedAt = performance.now();
  const claimed = await claims.claim(request());
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!claimed) throw new Error('There is nothing to claim.');
  await claims.giveBack(claimed.lease);
  return seconds;
}

function request() {
  return { worker: 'bench', leaseSeconds: 60, outputFileId: crypto.randomUUID() };
}

/** How Postgres runs the statement that claims. */
async function planOf(queue: Pool): Promise<string> {
  const plans: string[] = [];
  const explaining: Pool = {
    ...queue,
    async query(text, values) {
      const rows = await queue.query<Record<'QUERY PLAN', string>>(
        `EXPLAIN (ANALYZE, BUFFERS) ${text}`,
        values,
      );
      plans.push(rows.map((row) => `    ${row['QUERY PLAN']}`).join('\n'));
      return [];
    },
  };
  await createJobClaims(explaining).claim(request());
  return plans[0] ?? '';
}

function milliseconds(seconds: readonly number[]): string {
  return `${(median(seconds) * 1_000).toFixed(2)} ms`;
}
