import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isAlive, killProcess, type ProcessIdentity } from '../stack/processes.ts';
import { uploadAs, uploadShort } from '../testing/accepted.ts';
import { random } from '../testing/fault-run.ts';
import { halfOf, longFile } from '../testing/media.ts';
import {
  allEnded,
  ffmpegsOf,
  processesOf,
  processOf,
  redeploy,
  scale,
} from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { eventually, type Person, sweepNow } from '../testing/service.ts';
import { endLease, jobRow, stepsOf, storedFiles } from '../testing/stored.ts';

const soundSeconds = 600;
let long = '';
beforeAll(async () => {
  long = await longFile(soundSeconds / 60);
});
afterEach(heal);

/** Resolves with the first ffmpegs that are seen at work. */
function ffmpegsAtWork() {
  return eventually('an ffmpeg at work', () => {
    const found = processesOf('convert').flatMap(ffmpegsOf);
    return Promise.resolve(found.length > 0 ? found : undefined);
  });
}

/** Sweeps once; the job if it has failed by then. */
async function failedAfterSweep({ client }: Person, jobId: string) {
  await sweepNow();
  const seen = await client.job(jobId);
  return seen.state === 'failed' ? seen : undefined;
}

describe('a worker', () => {
  test('row 1: is killed in mid-work at a random point: another finishes', async () => {
    const accepted = await uploadAs(long, { soundSeconds });
    await ffmpegsAtWork();
    await sleep(random.between(0, 1_000));
    await killProcess(processOf('convert'));
    await everyPromiseHolds([accepted], { struck: ['convert'] });
    expect((await stepsOf(accepted.jobId)).slice(0, 3)).toEqual(['accept', 'claim', 'claim']);
  });

  test('row 2: is killed between storing and publishing: the candidate goes', async () => {
    await treat('postgres', { kind: 'lose-request', containing: "'step', 'publish'" });
    const accepted = await uploadShort();
    await eventually('an MP3 that is stored', async () => {
      const { mp3s } = await storedFiles({ job: accepted.jobId });
      return mp3s === 1 ? true : undefined;
    });
    await killProcess(processOf('convert'));
    await endLease(accepted.jobId);
    await everyPromiseHolds([accepted], { struck: ['convert'] });
    expect(await stepsOf(accepted.jobId)).toEqual(['accept', 'claim', 'claim', 'publish']);
  });

  test('row 3: loses its ffmpeg each time: failed after two attempts', async () => {
    const { jobId, person } = await uploadAs(long, { soundSeconds });
    const job = await eventually(
      'the job to fail',
      async () => {
        for (const ffmpeg of ffmpegsOf(processOf('convert'))) await killProcess(ffmpeg);
        return failedAfterSweep(person, jobId);
      },
      60_000,
    );
    expect(job).toMatchObject({ attempt: 2, error: { code: 'resource_limit' } });
    await everyPromiseHolds([{ jobId, ends: { code: 'resource_limit' } }]);
  });

  test('row 4: has an ffmpeg that hangs each time: `timeout` after two attempts', async () => {
    await redeploy('convert', { V2M_CONVERSION_SECONDS: '3' });
    const { jobId, person } = await uploadAs(long, { soundSeconds });
    const hung = new Map<number, ProcessIdentity>();
    const hanging = setInterval(() => {
      for (const ffmpeg of ffmpegsOf(processOf('convert'))) {
        if (hung.has(ffmpeg.pid)) continue;
        process.kill(ffmpeg.pid, 'SIGSTOP');
        hung.set(ffmpeg.pid, ffmpeg);
      }
    }, 50);
    const job = await eventually('the job to fail', () => failedAfterSweep(person, jobId), 60_000);
    clearInterval(hanging);
    expect(job).toMatchObject({ attempt: 2, error: { code: 'timeout' } });
    expect([...hung.values()].filter(isAlive)).toEqual([]);
    await everyPromiseHolds([{ jobId, ends: { code: 'timeout' } }]);
    await redeploy('convert');
  });

  test('row 5: gets half of the sound from an ffmpeg that exits with 0: never done', async () => {
    const half = await halfOf('index-first.mp4');
    await everyPromiseHolds([await uploadAs(half, { code: 'truncated' })]);
  });

  test('row 30: wakes after its lease: its publish is refused, its candidate removed', async () => {
    await scale('convert', 2);
    const accepted = await uploadAs(long, { soundSeconds });
    const workers = processesOf('convert');
    const slow = await eventually('the one that works', () =>
      Promise.resolve(workers.find((worker) => ffmpegsOf(worker).length > 0)),
    );
    const asleep = [slow, ...ffmpegsOf(slow)];
    for (const { pid } of asleep) process.kill(pid, 'SIGSTOP');
    await eventually('somebody else to take over', async () => {
      await sweepNow();
      return (await jobRow(accepted.jobId)).history.length > 2 ? true : undefined;
    });
    for (const { pid } of asleep.filter(isAlive)) process.kill(pid, 'SIGCONT');
    await everyPromiseHolds([accepted], { struck: ['convert'] });
    await scale('convert', 1);
  });

  test.each([-10, 10])(
    'row 31: lives %d minutes beside the time: no lease ends early',
    async (m) => {
      const shift = `const now = Date.now; Date.now = () => now() + ${m * 60_000};`;
      await redeploy('convert', {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURI(shift)}`,
      });
      const accepted = await uploadAs(long, { soundSeconds });
      await everyPromiseHolds([accepted]);
      expect(await stepsOf(accepted.jobId)).toEqual(['accept', 'claim', 'publish']);
      await redeploy('convert');
    },
  );

  test('row 32: dies of a poisonous video each time: that one fails, others do not', async () => {
    const poison = await uploadAs(long, { soundSeconds });
    let deaths = 0;
    const job = await eventually(
      'the attempts to be used up',
      async () => {
        const seen = await poison.person.client.job(poison.jobId);
        if (seen.state === 'failed') return seen;
        if (seen.attempt > deaths) {
          deaths = seen.attempt;
          await killProcess(processOf('convert'));
          await endLease(poison.jobId);
        }
        await sweepNow();
        return undefined;
      },
      180_000,
    );
    expect(job).toMatchObject({ attempt: 5, error: { code: 'internal' } });
    const poisoned = { jobId: poison.jobId, ends: { code: 'internal' as const } };
    await everyPromiseHolds([poisoned, await uploadShort()], { struck: ['convert'] });
  }, 240_000);

  test('row 34: is told to end during work: no attempt is used, nothing fails', async () => {
    const accepted = [await uploadAs(long, { soundSeconds }), await uploadShort()];
    await ffmpegsAtWork();
    await Promise.all(['convert', 'upload', 'notify', 'sweep'].map((name) => redeploy(name)));
    await everyPromiseHolds(accepted);
    for (const { jobId, person } of accepted) {
      expect(await person.client.job(jobId)).toMatchObject({ attempt: 1, state: 'done' });
    }
  });

  test('row 34: is told to end: from then on it claims nothing', async () => {
    const atWork = await uploadAs(long, { soundSeconds });
    await ffmpegsAtWork();
    const old = processOf('convert');
    // It serves bells for a while yet, and a slot is free.
    process.kill(old.pid, 'SIGTERM');
    const accepted = [atWork, await uploadShort()];
    await allEnded([old], 30_000);
    // Its watchdog starts no other: it ended as it was told to.
    await redeploy('convert');
    await everyPromiseHolds(accepted, { struck: ['convert'] });
    for (const { jobId } of accepted) {
      expect((await jobRow(jobId)).leaseWorker).not.toBe(`${hostname()}:${old.pid}`);
    }
  });
});
