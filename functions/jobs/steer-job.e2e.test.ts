import { beforeAll, describe, expect, test } from '@jest/globals';
import { longFile, mediaFile } from '../../scripts/testing/media.ts';
import { allEnded, ffmpegsOf, processOf } from '../../scripts/testing/processes.ts';
import {
  eventually,
  mailsTo,
  newPerson,
  onlyMailTo,
  sweepNow,
} from '../../scripts/testing/service.ts';
import { chunkCount, jobRow, storedFiles } from '../../scripts/testing/stored.ts';

let video = '';
beforeAll(async () => {
  video = await longFile(10);
});

describe('cancel', () => {
  test('reaches a running ffmpeg within 2 s, and a retry brings the MP3', async () => {
    const { client, email } = await newPerson();
    const { id } = await client.upload(video);
    await eventually('a conversion in mid-work', async () => {
      const job = await client.job(id);
      return job.state === 'running' && job.progress > 0 ? job : undefined;
    });
    const ffmpegs = ffmpegsOf(processOf('convert'));
    expect(ffmpegs).not.toEqual([]);
    const { outputFileId } = await jobRow(id);

    const cancelled = await client.call(`jobs/${id}/cancel`, { method: 'POST' });

    expect(cancelled.status).toBe(200);
    expect(await cancelled.json()).toMatchObject({ state: 'cancelled', result: null });
    await allEnded(ffmpegs, 2_000);
    await eventually('the candidate to be deleted', async () =>
      (await chunkCount('mp3s', outputFileId ?? '')) === 0 ? true : undefined,
    );
    expect((await client.call(`download/${id}`)).status).toBe(409);
    expect(await mailsTo(email)).toEqual([]);

    const retried = await client.call(`jobs/${id}/retry`, { method: 'POST' });
    expect(retried.status).toBe(202);
    expect(await client.watch(id)).toMatchObject({ state: 'done', attempt: 1, error: null });
    await onlyMailTo(email);
  }, 90_000);

  test('is refused when the job is over', async () => {
    const { client } = await newPerson();
    const { id } = await client.upload(await mediaFile('sound.m4a'));
    await client.watch(id);
    const answer = await client.call(`jobs/${id}/cancel`, { method: 'POST' });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'conflict' });
  });
});

describe('delete', () => {
  test('leaves nothing of a done job, neither in the list nor in GridFS', async () => {
    const { client } = await newPerson();
    const { id } = await client.upload(await mediaFile('index-first.mp4'));
    await client.watch(id);
    const { sourceFileId, outputFileId } = await jobRow(id);
    expect(await storedFiles({ job: id })).toEqual({ videos: 1, mp3s: 1 });

    expect((await client.call(`jobs/${id}`, { method: 'DELETE' })).status).toBe(204);

    expect((await client.call(`jobs/${id}`)).status).toBe(404);
    expect(await (await client.call('jobs')).json()).toEqual({ jobs: [], next: null });
    await sweepNow();
    expect(await storedFiles({ job: id })).toEqual({ videos: 0, mp3s: 0 });
    expect(await chunkCount('videos', sourceFileId)).toBe(0);
    expect(await chunkCount('mp3s', outputFileId ?? '')).toBe(0);
  });

  test('is refused while the job is under way', async () => {
    const { client } = await newPerson();
    const { id } = await client.upload(video);
    expect((await client.call(`jobs/${id}`, { method: 'DELETE' })).status).toBe(409);
    await client.call(`jobs/${id}/cancel`, { method: 'POST' });
    expect((await client.call(`jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  });
});
