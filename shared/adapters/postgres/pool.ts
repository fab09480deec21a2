import { Pool as Connections } from 'pg';
import type { PoolClient, QueryResultRow } from 'pg';
import { isConnectionLost, toUnavailable } from '#shared/adapters/postgres/unavailable';

/** Longest wait for a connection and for one statement; both together stay below 5 s. */
const CONNECT_MS = 2_000;
const STATEMENT_MS = 2_500;
/** The client's own limit, for a server that does not answer at all. */
const ANSWER_MS = 2_900;
const IDLE_MS = 30_000;

/** Asks one statement; values travel apart from the text. */
export interface Queries {
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
}

/**
 * Connections to Postgres. Rejects with `unavailable` and Retry-After when the server does not
 * answer in time or sends us away; what is wrong with a statement itself rejects as it is.
 */
export interface Pool extends Queries {
  /** Commits what `work` did, or nothing of it when it rejects. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** Where Postgres is; a password given apart takes the place of the one in the URL. */
export interface PoolSettings {
  readonly url: string;
  readonly password?: string;
  /** Connections held at most. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** The URL with the password in it. */
export function connectionString({ url, password }: Pick<PoolSettings, 'url' | 'password'>) {
  const address = new URL(url);
  if (password !== undefined) address.password = encodeURIComponent(password);
  return address.href;
}

/** Opens no connection until the first statement. */
export function createPool(settings: PoolSettings): Pool {
  const connections = new Connections({
    connectionString: connectionString(settings),
    max: settings.max,
    application_name: settings.applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next statement; nobody waits for it.
  connections.on('error', () => undefined);
  return {
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return mapped(async () => (await connections.query<Row>(text, [...values])).rows);
    },
    transaction: (work) => mapped(() => inTransaction(connections, work)),
    end: () => connections.end(),
  };
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toUnavailable(error);
  }
}

async function inTransaction<T>(
  connections: Connections,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  const client = await connections.connect();
  try {
    await client.query('BEGIN');
    const answer = await work({
      async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
        return (await client.query<Row>(text, [...values])).rows;
      },
    });
    await client.query('COMMIT');
    client.release();
    return answer;
  } catch (error) {
    await giveUp(client, error);
    throw error;
  }
}

/** A connection that did not answer is closed: the server rolls back by itself. */
async function giveUp(client: PoolClient, error: unknown): Promise<void> {
  if (isConnectionLost(error)) {
    client.release(true);
    return;
  }
  const rolledBack = await client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
  client.release(!rolledBack);
}
