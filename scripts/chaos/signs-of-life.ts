import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The last time, by the database's clock, at which a worker was known to hold each lease. */
export interface SignsOfLife {
  /** Undefined where none was seen: the lease was held for less than a look. */
  lastSeen(jobId: string, token: number): Date | undefined;
  end(): Promise<void>;
}

const lookEveryMs = 250;
const patienceMs = 2_000;

const look = `SELECT id, lease_token AS token,
    due_at - make_interval(secs => lease_seconds) AS seen
  FROM jobs WHERE state = 'running'`;

/**
 * Watches every heartbeat from now on. While Postgres is away nothing is seen, and nothing beats
 * either: what is told is never later than the truth.
 */
export function watchSignsOfLife(databaseUrl: string): SignsOfLife {
  const seen = new Map<string, Date>();
  const over = new AbortController();
  const limits = { connectionTimeoutMillis: patienceMs, query_timeout: patienceMs };

  async function watchOnOneConnection(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl, ...limits });
    // Lost between two looks: the next look says so too.
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!over.signal.aborted) {
        const { rows } = await client.query<{ id: string; token: number; seen: Date }>(look);
        for (const row of rows) seen.set(`${row.id} ${row.token}`, row.seen);
        await sleep(lookEveryMs);
      }
    } finally {
      // A server that is frozen never says goodbye.
      await Promise.race([client.end().catch(() => undefined), sleep(patienceMs)]);
    }
  }

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await watchOnOneConnection().catch(() => sleep(lookEveryMs));
    }
  }

  const watching = watch();
  return {
    lastSeen: (jobId, token) => seen.get(`${jobId} ${token}`),
    async end() {
      over.abort();
      await watching;
    },
  };
}
