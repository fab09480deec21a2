import { setTimeout as sleep } from 'node:timers/promises';

import { runConnector, type ConnectorOptions } from './connector.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
const LIVED_LONG_MS = 10_000;

/** Starts the connector again whenever it panics; the returned function ends it for good. */
export function superviseConnector(options: ConnectorOptions): () => Promise<void> {
  const stopping = new AbortController();
  const supervision = supervise(options, stopping.signal);
  return async () => {
    stopping.abort();
    await supervision;
  };
}

async function supervise(options: ConnectorOptions, signal: AbortSignal): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted;) {
    const startedAt = performance.now();
    await runConnector(options, signal).catch((error: unknown) => {
      if (!signal.aborted) options.report(`died: ${String(error)}; starts again`);
    });
    if (performance.now() - startedAt > LIVED_LONG_MS) pauseMs = FIRST_PAUSE_MS;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
