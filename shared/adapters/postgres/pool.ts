import { Pool as Connections } from 'pg';
import type { PoolClient, QueryResultRow } from 'pg';
import { isConnectionLost, toUnavailable } from '#shared/adapters/postgres/unavailable';

const STATEMENT_MS = 2_500;

/** Longest waits, in milliseconds. */
export const connectionLimits = {
  connectionTimeoutMillis: 2_000,
  statement_timeout: STATEMENT_MS,
  // For a server that does not even answer that the statement took too long.
  query_timeout: STATEMENT_MS + 400,
  idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
  keepAlive: true,
} as const;

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
    ...connectionLimits,
    connectionString: connectionString(settings),
    max: settings.max,
    application_name: settings.applicationName,
    idleTimeoutMillis: IDLE_MS,
  });
  // A connection that breaks between statements fails the next one, or is replaced by then.
  connections.on('error', () => undefined);
  connections.on('connect', (client) => client.on('error', () => undefined));
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
