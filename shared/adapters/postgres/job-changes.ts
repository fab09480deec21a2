import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { connectionLimits, connectionString } from '#shared/adapters/postgres/pool';
import type { PoolSettings } from '#shared/adapters/postgres/pool';
import { toUnavailable } from '#shared/adapters/postgres/unavailable';
import type { JobChanges, Log } from '#shared/core/ports';

/** How often a silent connection is asked whether it still lives. */
const PULSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5_000;

/** One connection of the process that listens for all its subscribers. */
export interface JobChangesConnection extends JobChanges {
  end(): Promise<void>;
}

/**
 * Opens its connection with the first subscriber. When it is lost it is opened again, and then
 * every subscriber is called once: what changed meanwhile was told to nobody.
 */
export function createJobChanges(
  settings: Omit<PoolSettings, 'max'>,
  log: Log,
): JobChangesConnection {
  const listeners = new Map<string, Set<() => void>>();
  let connection: Promise<Client> | undefined;
  let hasEnded = false;

  const connected = (): Promise<Client> => {
    connection ??= listen(settings, tell, lost).catch((error: unknown) => {
      connection = undefined;
      throw toUnavailable(error);
    });
    return connection;
  };
  const tell = (jobId: string) => {
    for (const onChange of listeners.get(jobId) ?? []) onChange();
  };
  const lost = () => {
    connection = undefined;
    if (!hasEnded) void listenAgain();
  };
  const listenAgain = async () => {
    for (let attempt = 0; listeners.size > 0 && !hasEnded; attempt += 1) {
      await sleep(Math.min(250 * 2 ** attempt, LONGEST_PAUSE_MS), undefined, { ref: false });
      try {
        await connected();
        for (const jobId of listeners.keys()) tell(jobId);
        return;
      } catch (error) {
        log.warn({ err: error }, 'changes of jobs are not heard');
      }
    }
  };

  return {
    async subscribe(jobId, onChange) {
      await connected();
      return add(listeners, jobId, onChange);
    },
    async end() {
      hasEnded = true;
      listeners.clear();
      const client = await connection?.catch(() => undefined);
      await client?.end();
    },
  };
}

async function listen(
  settings: Omit<PoolSettings, 'max'>,
  tell: (jobId: string) => void,
  lost: () => void,
): Promise<Client> {
  const client = new Client({
    ...connectionLimits,
    connectionString: connectionString(settings),
    application_name: settings.applicationName,
  });
  client.on('error', () => undefined);
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) tell(payload);
  });
  try {
    await client.connect();
    await client.query('LISTEN jobs');
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  const pulse = setInterval(() => {
    client.query('SELECT').catch(() => client.end());
  }, PULSE_MS).unref();
  client.once('end', () => {
    clearInterval(pulse);
    lost();
  });
  return client;
}

/** A callback of its own for each subscriber, also when two pass the same function. */
function add(listeners: Map<string, Set<() => void>>, jobId: string, onChange: () => void) {
  const own = () => {
    onChange();
  };
  const all = listeners.get(jobId) ?? new Set();
  listeners.set(jobId, all.add(own));
  return () => {
    all.delete(own);
    if (all.size === 0 && listeners.get(jobId) === all) listeners.delete(jobId);
  };
}
