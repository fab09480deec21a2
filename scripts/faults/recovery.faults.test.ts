import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { percentile, recoveriesOf } from '../chaos/recoveries.ts';
import { watchSignsOfLife } from '../chaos/signs-of-life.ts';
import { killProcess } from '../stack/processes.ts';
import { type AcceptedVideo, uploadAs } from '../testing/accepted.ts';
import { random, sized } from '../testing/fault-run.ts';
import { longFile } from '../testing/media.ts';
import { ffmpegsOf, processOf } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, service } from '../testing/service.ts';
import { jobRow } from '../testing/stored.ts';

const kills = sized(2, 20);
/** Of the stack under test, and of the cron in stack.yml. */
const [leaseSeconds, sweepSeconds] = [6, 30];
const limitSeconds = leaseSeconds + sweepSeconds + 2;
const soundSeconds = 600;
let long = '';
beforeAll(async () => {
  long = await longFile(soundSeconds / 60);
});

async function isClaimed(jobId: string, times: number): Promise<boolean> {
  const { history } = await jobRow(jobId);
  return history.filter(({ step }) => step === 'claim').length >= times;
}

/** Uploads, kills the worker in mid-work, and leaves it to the cron that somebody comes. */
async function killInMidWork(): Promise<AcceptedVideo> {
  const accepted = await uploadAs(long, { soundSeconds });
  await eventually('a claim', async () =>
    (await isClaimed(accepted.jobId, 1)) ? true : undefined,
  );
  const worker = processOf('convert');
  // However fast we are, it is not done before its worker dies.
  const held = await eventually('an ffmpeg at work', () => {
    const found = ffmpegsOf(worker);
    return Promise.resolve(found.length > 0 ? found : undefined);
  });
  for (const { pid } of held) process.kill(pid, 'SIGSTOP');
  await sleep(random.between(0, 2_000));
  await killProcess(worker);
  await eventually(
    'the next claim',
    async () => ((await isClaimed(accepted.jobId, 2)) ? true : undefined),
    (limitSeconds + 30) * 1_000,
  );
  return accepted;
}

describe('a worker that dies', () => {
  test(
    'S5: leaves its job to another within a lease, a sweep and two seconds',
    async () => {
      const signs = watchSignsOfLife(service.databaseUrl);
      const accepted: AcceptedVideo[] = [];
      for (let kill = 0; kill < kills; kill += 1) accepted.push(await killInMidWork());
      await signs.end();
      await everyPromiseHolds(accepted, { struck: ['convert'] });

      const rows = await Promise.all(accepted.map(({ jobId }) => jobRow(jobId)));
      const all = rows.flatMap((row, index) =>
        recoveriesOf({ id: accepted[index]!.jobId, history: row.history }, signs),
      );
      const [half, most, slowest] = [0.5, 0.99, 1].map((share) => percentile(all, share));
      console.log(`S5: ${all.length} recoveries: p50 ${half} s, p99 ${most} s, max ${slowest} s`);
      // One that goes on after the last kill may meet the next.
      expect(all.length).toBeGreaterThanOrEqual(kills);
      expect(most).toBeLessThanOrEqual(limitSeconds);
    },
    (120 + kills * (limitSeconds + 40)) * 1_000,
  );
});
