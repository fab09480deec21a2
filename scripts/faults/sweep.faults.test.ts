import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { killProcess } from '../stack/processes.ts';
import { uploadShort } from '../testing/accepted.ts';
import { random } from '../testing/fault-run.ts';
import { processOf, scale } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { eventually, functionUrl } from '../testing/service.ts';
import { lastSweep, storedFiles } from '../testing/stored.ts';

afterEach(heal);

/** Starts a sweep; whether it was one, and not refused because another is under way there. */
async function startSweep(): Promise<boolean> {
  const answer = await fetch(functionUrl('sweep'), { method: 'POST' });
  const { swept } = (await answer.json()) as { swept: boolean };
  return swept;
}

/** Two sweeps in two processes, at the same time. */
async function sweepTwice(): Promise<void> {
  await eventually('two sweeps at once', async () => {
    const swept = await Promise.all([startSweep(), startSweep()]);
    return swept.every(Boolean) ? true : undefined;
  });
}

/** Work of every kind for a sweep: bells that did not ring, and files that nobody needs. */
async function makeWork() {
  const deleted = await uploadShort();
  await deleted.person.client.watch(deleted.jobId);
  await treat('rabbitmq', { kind: 'refuse' });
  const accepted = [await uploadShort(), await uploadShort(), await uploadShort()];
  await deleted.person.client.call(`jobs/${deleted.jobId}`, { method: 'DELETE' });
  return { accepted, deleted };
}

async function isGone({ jobId }: { readonly jobId: string }): Promise<void> {
  expect(await storedFiles({ job: jobId })).toEqual({ videos: 0, mp3s: 0 });
  expect(Object.values((await lastSweep()).counts)).not.toContain(-1);
}

describe('a sweep', () => {
  test('row 35: runs beside another: one MP3, one mail, and no step of either fails', async () => {
    await scale('sweep', 2);
    const { accepted, deleted } = await makeWork();
    // Slow enough that they meet in every step.
    await treat('postgres', { kind: 'delay', ms: 10 });
    await treat('mongodb', { kind: 'delay', ms: 10 });
    await sweepTwice();
    await isGone(deleted);
    await everyPromiseHolds(accepted);
    await scale('sweep', 1);
  });

  test('row 35: is killed at a random point: the next one does what is left', async () => {
    const { accepted, deleted } = await makeWork();
    await treat('postgres', { kind: 'delay', ms: 50 });
    await treat('mongodb', { kind: 'delay', ms: 50 });
    const killed = startSweep().catch(() => 'killed');
    await sleep(random.between(0, 2_000));
    await killProcess(processOf('sweep'));
    await killed;
    await everyPromiseHolds(accepted);
    await isGone(deleted);
  });
});
