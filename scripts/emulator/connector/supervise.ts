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

async function supervise(options: ConnectorOptions, stopping: AbortSignal): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !stopping.aborted;) {
    const again = new AbortController();
    const startAgain = (): void => again.abort();
    options.flaws.changes.once('reset', startAgain);
    const signal = AbortSignal.any([stopping, again.signal]);
    const startedAt = performance.now();
    await runConnector(options, signal).catch((error: unknown) => {
      if (!signal.aborted) options.report(`died: ${String(error)}; starts again`);
    });
    const hasLivedLong = performance.now() - startedAt > LIVED_LONG_MS;
    if (hasLivedLong || again.signal.aborted) pauseMs = FIRST_PAUSE_MS;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    options.flaws.changes.off('reset', startAgain);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
