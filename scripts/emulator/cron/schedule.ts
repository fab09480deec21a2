import { Cron } from 'croner';

import { parseDurationMs } from '../duration.ts';
import { expandFields } from './fields.ts';

const DESCRIPTORS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const EVERY = '@every ';
const SECOND_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts ticking; undefined when the connector would skip the schedule in silence. */
export function startSchedule(schedule: string, tick: () => void): (() => void) | undefined {
  const [, zone, spec = ''] = /^(?:(?:CRON_)?TZ=(\S*)\s+)?(.*)$/su.exec(schedule) ?? [];
  if (spec.startsWith(EVERY)) return startInterval(spec.slice(EVERY.length), tick);
  const fields = spec.startsWith('@') ? DESCRIPTORS.get(spec) : expandFields(spec);
  if (fields === undefined) return undefined;
  try {
    // An empty zone is UTC to Go; none is the machine's own.
    const job = new Cron(fields, zone === undefined ? {} : { timezone: zone || 'UTC' }, tick);
    return () => job.stop();
  } catch {
    return undefined;
  }
}

/** At whole seconds, never more often than once a second. */
function startInterval(duration: string, tick: () => void): (() => void) | undefined {
  const durationMs = /^[1-9]\d*$/u.test(duration) ? undefined : parseDurationMs(duration);
  if (durationMs === undefined) return undefined;
  const everyMs = Math.max(wholeSecond(durationMs), SECOND_MS);
  let timer: NodeJS.Timeout;
  const wait = (dueMs: number): void => {
    const leftMs = dueMs - Date.now();
    if (leftMs > 0) timer = setTimeout(wait, Math.min(leftMs, LONGEST_TIMER_MS), dueMs);
    else {
      wait(wholeSecond(Date.now()) + everyMs);
      tick();
    }
  };
  wait(wholeSecond(Date.now()) + everyMs);
  return () => clearTimeout(timer);
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
