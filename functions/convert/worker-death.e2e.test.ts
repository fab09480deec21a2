import { beforeAll, describe, expect, test } from '@jest/globals';
import { longFile } from '../../scripts/testing/media.ts';
import { allEnded, ffmpegsOf, processOf, redeploy } from '../../scripts/testing/processes.ts';
import {
  eventually,
  newPerson,
  onlyMailTo,
  type Person,
  sweepNow,
  sweptUntilDone,
} from '../../scripts/testing/service.ts';
import { chunkCount, jobRow, stepsOf, storedFiles } from '../../scripts/testing/stored.ts';

let video = '';
beforeAll(async () => {
  video = await longFile(10);
});

/** Uploads, waits until part of the sound is encoded and holds it there, however fast we are. */
async function startConversion({ client }: Person) {
  const { id } = await client.upload(video);
  await eventually('a conversion in mid-work', async () => {
    const job = await client.job(id);
    return job.state === 'running' && job.progress > 0 ? job : undefined;
  });
  const worker = processOf('convert');
  const ffmpegs = ffmpegsOf(worker);
  expect(ffmpegs).not.toEqual([]);
  for (const { pid } of ffmpegs) process.kill(pid, 'SIGSTOP');
  return { id, worker, ffmpegs };
}

describe('a worker that dies in mid-work', () => {
  test('is replaced: the job is done once, by the next attempt (reliability 1)', async () => {
    const person = await newPerson();
    const { id, worker, ffmpegs } = await startConversion(person);
    const lost = await jobRow(id);

    process.kill(worker.pid, 'SIGKILL');

    await allEnded(ffmpegs, 2_000);
    expect(await sweptUntilDone(person, id, 90_000)).toMatchObject({ attempt: 2, error: null });
    expect(await storedFiles({ job: id })).toEqual({ videos: 1, mp3s: 1 });
    await onlyMailTo(person.email);
    await eventually('the lost candidate to be deleted', async () => {
      await sweepNow();
      return (await chunkCount('mp3s', lost.outputFileId ?? '')) === 0 ? true : undefined;
    });
  }, 150_000);
});

describe('a worker that is told to stop in mid-work', () => {
  test('gives the job back: no attempt is used (reliability 34)', async () => {
    const person = await newPerson();
    const { id, worker, ffmpegs } = await startConversion(person);

    await redeploy('convert');

    expect(processOf('convert').pid).not.toBe(worker.pid);
    await allEnded(ffmpegs, 0);
    expect(await sweptUntilDone(person, id, 90_000)).toMatchObject({ attempt: 1, error: null });
    expect(await stepsOf(id)).toEqual(['accept', 'claim', 'give_back', 'claim', 'publish']);
    await onlyMailTo(person.email);
    expect(await storedFiles({ job: id })).toEqual({ videos: 1, mp3s: 1 });
  }, 150_000);
});
