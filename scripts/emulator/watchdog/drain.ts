import { setTimeout as sleep } from 'node:timers/promises';

import type { Child } from './child.ts';
import type { Gate } from './gate.ts';
import { goDuration } from './log-format.ts';
import type { WatchdogSettings } from './settings.ts';

export interface Drain {
  readonly child: Child | undefined;
  readonly gate: Gate;
  readonly settings: WatchdogSettings;
  readonly refuse: () => void;
  readonly say: (text: string) => void;
  readonly isExact: boolean;
  /** Aborted when the watchdog ends, in whichever way. */
  readonly over: AbortSignal;
}

/** What happens from SIGTERM to the watchdog's own end. */
export async function drain(drain: Drain): Promise<void> {
  const { child, gate, settings, refuse, say, isExact, over } = drain;
  const wait = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: over }).catch(() => undefined);
  const { healthcheckIntervalMs, writeTimeoutMs } = settings;
  gate.close();
  child?.terminate();
  say(`SIGTERM: no new connections in ${goDuration(healthcheckIntervalMs)}`);
  const isOver = isExact ? [] : [Promise.resolve(child?.exited).then(() => gate.idle())];
  await Promise.race([wait(healthcheckIntervalMs), ...isOver]);
  refuse();
  say(`No new connections allowed, draining: ${gate.inFlight} requests`);
  await Promise.race([wait(writeTimeoutMs), gate.idle()]);
  say(`Exiting. Active connections: ${gate.inFlight}`);
}
