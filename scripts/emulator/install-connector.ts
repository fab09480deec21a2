/**
 * Whoever runs OpenFaaS installs the connector after the functions it calls. Here both start at
 * once, and a connector without functions acknowledges every message unheard; so its first start
 * waits until each topic of its topology has a function. From then on it is left to itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { ConnectorOptions } from './connector/connector.ts';
import { superviseConnector } from './connector/supervise.ts';
import type { Exchange } from './connector/topology.ts';
import type { Provider } from './provider/provider.ts';

const LOOK_EVERY_MS = 200;

/** The returned function ends the waiting or the connector. */
export function installConnector(
  options: ConnectorOptions,
  provider: Provider,
): () => Promise<void> {
  const stopping = new AbortController();
  const installed = installWhenMapped(options, provider, stopping.signal);
  return async () => {
    stopping.abort();
    const stopConnector = await installed;
    await stopConnector();
  };
}

async function installWhenMapped(
  options: ConnectorOptions,
  provider: Provider,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  while (!hasAllTopics(options.topology, provider)) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return () => Promise.resolve();
  }
  return superviseConnector(options);
}

function hasAllTopics(topology: readonly Exchange[], provider: Provider): boolean {
  const taken = provider.list().map(({ deployment }) => deployment.annotations['topic']);
  return topology.flatMap(({ topics }) => topics).every((topic) => taken.includes(topic));
}
