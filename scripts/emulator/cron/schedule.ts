import { Cron } from 'croner';

import { parseDurationMs } from '../duration.ts';

const DESCRIPTORS = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/u;

/** Starts ticking; undefined when the connector would skip the schedule in silence. */
export function startSchedule(schedule: string, tick: () => void): (() => void) | undefined {
  const everyMs = schedule.startsWith('@every ')
    ? parseDurationMs(schedule.slice('@every '.length).trim())
    : undefined;
  if (everyMs !== undefined) {
    const timer = setInterval(tick, Math.max(everyMs, 1_000));
    return () => clearInterval(timer);
  }
  if (!DESCRIPTORS.test(schedule) && schedule.trim().split(/\s+/u).length !== 5) return undefined;
  try {
    const job = new Cron(schedule, tick);
    return () => job.stop();
  } catch {
    return undefined;
  }
}
