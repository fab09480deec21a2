import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { Health } from '#shared/contracts/health';
import { killProcess } from '../stack/processes.ts';
import { type AcceptedVideo, uploadAs, uploadShort } from '../testing/accepted.ts';
import { newAdmin } from '../testing/admin.ts';
import { random } from '../testing/fault-run.ts';
import { longFile } from '../testing/media.ts';
import { ffmpegsOf, processOf, redeploy, scale } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { eventually, functionUrl, mailsTo } from '../testing/service.ts';
import { forgetSweeps, lastSweep, storedFiles, waitedLong } from '../testing/stored.ts';

/** How often the emulator's cron reads the schedules, and a little. */
const cronLooksMs = 12_000;
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

/** Reads the job, as its owner's page does, until it is done. */
function readUntilDone({ person, jobId }: AcceptedVideo) {
  return eventually(
    'the job to be done',
    async () => ((await person.client.job(jobId)).state === 'done' ? true : undefined),
    60_000,
  );
}

async function healthSeenByAdmin() {
  const { client } = await newAdmin();
  return v.parse(Health, await (await client.call('jobs/health')).json());
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

describe('the cron', () => {
  test('row 36: is dead for an hour: small sweeps end jobs and mails, health is degraded', async () => {
    await redeploy('sweep', {}, { schedule: '@every 1h' });
    // The cron looks at its functions again.
    await sleep(cronLooksMs);
    await forgetSweeps();

    await treat('rabbitmq', { kind: 'refuse' });
    const unheard = await uploadShort();
    await heal();
    await waitedLong(unheard.jobId);
    await readUntilDone(unheard);

    const soundSeconds = 600;
    const orphan = await uploadAs(await longFile(soundSeconds / 60), { soundSeconds });
    await eventually('an ffmpeg at work', () =>
      Promise.resolve(ffmpegsOf(processOf('convert')).length > 0 ? true : undefined),
    );
    await killProcess(processOf('convert'));
    // Nor does a bell for its mail ring.
    await eventually('another worker', async () => {
      const { attempt } = await orphan.person.client.job(orphan.jobId);
      return attempt === 2 ? true : undefined;
    });
    await treat('rabbitmq', { kind: 'refuse' });
    await readUntilDone(orphan);
    await heal();

    const next = await eventually('a mail after the work on others', async () => {
      const another = await uploadShort();
      await another.person.client.watch(another.jobId);
      await sleep(2_000);
      return (await mailsTo(orphan.person.email)).length > 0 ? another : undefined;
    });
    expect((await lastSweep()).seconds).toBeGreaterThan(3_600);
    expect(await healthSeenByAdmin()).toMatchObject({
      status: 'degraded',
      ailments: expect.arrayContaining(['sweep_late']),
    });
    await redeploy('sweep');
    await everyPromiseHolds([unheard, orphan, next]);
  });
});
