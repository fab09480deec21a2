/**
 * The cron-connector: every rebuild interval it asks the gateway which functions have the
 * annotation `topic: cron-function` and a `schedule`, the first time after one interval. Calls
 * are empty POSTs without credentials; their outcome is only logged, runs may overlap.
 */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { isJsonObject, stringMapOf, stringOf } from '../json.ts';
import { startSchedule } from './schedule.ts';

export interface CronOptions {
  readonly gatewayUrl: string;
  readonly authorization: string;
  readonly rebuildIntervalMs: number;
  readonly report: (line: string) => void;
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
  const schedules = new Map<string, () => void>();
  while (await hasSlept(options.rebuildIntervalMs, signal)) {
    const wanted = await listScheduled(options).catch(() => undefined);
    if (wanted !== undefined) reschedule(schedules, wanted, options);
  }
  for (const stop of schedules.values()) stop();
}

/** False when the signal came first. */
function hasSlept(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

interface Scheduled {
  readonly name: string;
  readonly schedule: string;
}

/** Schedules that did not change keep ticking; a failed list keeps them all. */
function reschedule(
  running: Map<string, () => void>,
  wanted: readonly Scheduled[],
  options: CronOptions,
): void {
  const keys = new Set(wanted.map(keyOf));
  for (const [key, stop] of running) {
    if (keys.has(key)) continue;
    stop();
    running.delete(key);
  }
  for (const entry of wanted.filter((candidate) => !running.has(keyOf(candidate)))) {
    const stop = startSchedule(entry.schedule, () => callFunction(entry.name, options));
    if (stop !== undefined) running.set(keyOf(entry), stop);
  }
}

function keyOf({ name, schedule }: Scheduled): string {
  return `${name} ${schedule}`;
}

async function listScheduled({ gatewayUrl, authorization }: CronOptions): Promise<Scheduled[]> {
  const answer = await fetch(`${gatewayUrl}/system/functions`, {
    headers: { authorization },
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
  const list: unknown = await answer.json();
  if (!Array.isArray(list)) throw new Error('the gateway sent no list');
  return list.filter(isJsonObject).flatMap((entry) => {
    const { topic, schedule } = stringMapOf(entry['annotations']);
    if (topic !== TOPIC || schedule === undefined) return [];
    return [{ name: [entry['name'], entry['namespace']].map(stringOf).join('.'), schedule }];
  });
}

function callFunction(name: string, { gatewayUrl, report }: CronOptions): void {
  const headers = {
    'User-Agent': 'Go-http-client/1.1',
    'X-Topic': TOPIC,
    'X-Connector': 'cron-connector',
  };
  const call = request(`${gatewayUrl}/function/${name}`, { method: 'POST', headers }, (answer) => {
    answer.resume();
    if (answer.statusCode !== 200) report(`${name} answered ${answer.statusCode ?? 0}`);
  });
  call.once('error', (error) => report(`${name}: ${error.message}`));
  call.end();
}
