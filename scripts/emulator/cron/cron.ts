/**
 * The cron-connector: every rebuild interval it asks the gateway which functions have the
 * annotation `topic: cron-function` and a `schedule`, the first time after one interval. Calls
 * are empty POSTs without credentials; their outcome is only logged, runs may overlap.
 */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { listNamespaces, listScheduled, type Scheduled } from './list-scheduled.ts';
import { startSchedule } from './schedule.ts';

export interface CronOptions {
  readonly gatewayUrl: string;
  readonly authorization: string;
  readonly rebuildIntervalMs: number;
  readonly report: (line: string) => void;
}

interface Running extends Scheduled {
  readonly stop: () => void;
}

const TOPIC = 'cron-function';

/** Runs until the returned function is called. */
export function startCron(options: CronOptions): () => Promise<void> {
  const stopping = new AbortController();
  const running = rebuildUntil(options, stopping.signal);
  return async () => {
    stopping.abort();
    await running;
  };
}

async function rebuildUntil(options: CronOptions, signal: AbortSignal): Promise<void> {
  let running: readonly Running[] = [];
  while (await hasSlept(options.rebuildIntervalMs, signal)) {
    running = await rebuild(running, options);
  }
  for (const { stop } of running) stop();
}

/** False when the signal came first. */
function hasSlept(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

/** What cannot be listed keeps its schedules. */
async function rebuild(
  before: readonly Running[],
  options: CronOptions,
): Promise<readonly Running[]> {
  let running = before;
  for (const namespace of await listNamespaces(options).catch(() => [])) {
    const wanted = await listScheduled(options, namespace, TOPIC).catch(() => undefined);
    if (wanted !== undefined) running = reschedule(running, { namespace, wanted }, options);
  }
  return running;
}

/** Schedules that did not change keep ticking. */
function reschedule(
  before: readonly Running[],
  { namespace, wanted }: { namespace: string; wanted: readonly Scheduled[] },
  options: CronOptions,
): Running[] {
  const isGone = (entry: Running): boolean =>
    entry.namespace === namespace && !wanted.some((one) => isSame(one, entry));
  for (const { stop } of before.filter(isGone)) stop();
  const kept = before.filter((entry) => !isGone(entry));
  const added = wanted.filter((one) => !kept.some((entry) => isSame(one, entry)));
  return [...kept, ...added.flatMap((entry) => start(entry, options))];
}

function isSame(one: Scheduled, other: Scheduled): boolean {
  return (
    one.name === other.name && one.namespace === other.namespace && one.schedule === other.schedule
  );
}

/** Nothing for a schedule that is none. */
function start(entry: Scheduled, options: CronOptions): Running[] {
  const { name, namespace, schedule } = entry;
  const stop = startSchedule(schedule, () => callFunction(`${name}.${namespace}`, options));
  return stop === undefined ? [] : [{ ...entry, stop }];
}

function callFunction(name: string, { gatewayUrl, report }: CronOptions): void {
  const headers = {
    'User-Agent': 'Go-http-client/1.1',
    'Content-Length': 0,
    'X-Connector': 'cron-connector',
    'X-Topic': TOPIC,
    'Accept-Encoding': 'gzip',
  };
  const call = request(`${gatewayUrl}/function/${name}`, { method: 'POST', headers }, (answer) => {
    answer.resume();
    if (answer.statusCode !== 200) report(`${name} answered ${answer.statusCode ?? 0}`);
  });
  call.removeHeader('Connection');
  call.once('error', (error) => report(`${name}: ${error.message}`));
  call.end();
}
