import { setTimeout as sleep } from 'node:timers/promises';

import type { FlawSwitches } from './flaw-switches.ts';
import type { FlawCode } from './flaws.ts';
import type { ConnectorStatus } from './status.ts';
import { crawlTopics, probeNamespaces, type Crawl, type TopicMap } from './topic-map.ts';
import type { Exchange } from './topology.ts';

export interface MapOptions extends Crawl {
  readonly mapRefreshMs: number;
  readonly topology: readonly Exchange[];
  readonly flaws: FlawSwitches;
  readonly status: ConnectorStatus;
}

const LOOK_EVERY_MS = 50;

/** Refreshes the map of topics as long as the signal allows; nobody waits for the first crawl. */
export async function keepMap(options: MapOptions, alive: AbortSignal): Promise<void> {
  const { flaws, status } = options;
  const hasNamespaces = await probeNamespaces(options);
  while (flaws.left('L2') > 0 && !alive.aborted) await sleep(LOOK_EVERY_MS);
  while (!alive.aborted) {
    know(status, await refreshed(options, hasNamespaces), alive);
    await untilDue(options, alive);
  }
}

/** A crawl that ends in the next life tells that one nothing. */
function know(status: ConnectorStatus, map: TopicMap, { aborted }: AbortSignal): void {
  if (!aborted) status.map = map;
}

async function refreshed(options: MapOptions, hasNamespaces: boolean): Promise<TopicMap> {
  const { flaws, topology } = options;
  if (flaws.take('L3')) return crawlTopics({ ...options, authorization: 'Basic' }, hasNamespaces);
  const map = await crawlTopics(options, hasNamespaces);
  if (!flaws.take('L4')) return map;
  const updated = topology[0]?.topics[0];
  return new Map([...map].filter(([topic]) => topic !== updated));
}

/** After the interval, or when a flaw of the refresh is switched on. */
async function untilDue({ mapRefreshMs, flaws }: MapOptions, alive: AbortSignal): Promise<void> {
  const hurry = new AbortController();
  const hurryUp = (code: FlawCode): void => {
    if (code === 'L3' || code === 'L4') hurry.abort();
  };
  flaws.changes.on('on', hurryUp);
  const signal = AbortSignal.any([alive, hurry.signal]);
  await sleep(mapRefreshMs, undefined, { signal }).catch(() => undefined);
  flaws.changes.off('on', hurryUp);
}
