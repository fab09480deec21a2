import { beforeAll, describe, expect, test } from '@jest/globals';
import { longFile } from '../../scripts/testing/media.ts';
import { processesOf } from '../../scripts/testing/processes.ts';
import { eventually, newPerson, sweepNow, sweptUntilDone } from '../../scripts/testing/service.ts';
import { chunkCount, jobRow, storedFiles } from '../../scripts/testing/stored.ts';

let video = '';
beforeAll(async () => {
  video = await longFile(20);
}, 60_000);

/** The checkpoint that is noted once there is a newer one than `segments`. */
function checkpointBehind(id: string, segments: number) {
  return eventually(
    `a checkpoint behind segment ${segments}`,
    async () => {
      const { checkpoint } = await jobRow(id);
      return checkpoint && checkpoint.segments > segments ? checkpoint : undefined;
    },
    120_000,
  );
}

/** As a crash does it; the list of processes may be being written just now. */
async function killWorker(): Promise<void> {
  const worker = await eventually('the worker', () => Promise.resolve(processesOf('convert')[0]));
  process.kill(worker.pid, 'SIGKILL');
}

describe('a job whose workers die in mid-work', () => {
  test('goes on behind the last checkpoint, to the bytes of an undisturbed run (reliability 1)', async () => {
    const person = await newPerson();
    const calm = await person.client.upload(video);
    const undisturbed = await sweptUntilDone(person, calm.id, 240_000);
    const { id } = await person.client.upload(video);

    const first = await checkpointBehind(id, 0);
    await killWorker();
    const second = await checkpointBehind(id, first.segments);
    await killWorker();
    const job = await sweptUntilDone(person, id, 240_000);

    expect(second.fileId).not.toBe(first.fileId);
    expect(job).toMatchObject({ attempt: 3, error: null });
    expect(job.result?.sha256).toBe(undisturbed.result?.sha256);
    expect(job.receipt?.resumedSegments).toBeGreaterThanOrEqual(second.segments);
    expect(undisturbed.receipt?.resumedSegments).toBe(0);
    expect(await storedFiles({ job: id })).toEqual({ videos: 1, mp3s: 1 });
    await eventually('the lost candidates to be deleted (I6)', async () => {
      await sweepNow();
      const left = await chunkCount('mp3s', first.fileId);
      return left + (await chunkCount('mp3s', second.fileId)) === 0 ? true : undefined;
    });
  }, 600_000);
});
