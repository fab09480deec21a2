import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { watchMemory } from '../bench/memory.ts';
import { uploadAs, uploadShort } from '../testing/accepted.ts';
import { sized } from '../testing/fault-run.ts';
import { mediaFile } from '../testing/media.ts';
import { figureOf, processOf, redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { crash, restoreServers } from '../testing/servers.ts';
import { eventually, newPerson, type Person } from '../testing/service.ts';
import { moveToSmallDisk } from '../testing/small-disk.ts';
import { chunkCount, jobRow, loseChunk, stepsOf, storedFiles } from '../testing/stored.ts';
import { beginUpload } from '../testing/uploads.ts';

afterEach(heal);

/** An upload of which 3 MB are sent; resolves once the first of them are stored. */
async function halfUpload(person: Person) {
  const begun = await beginUpload(person, 3e6);
  const { sourceFileId: fileId } = await jobRow(begun.jobId);
  await eventually('the first chunks', async () =>
    (await chunkCount('videos', fileId)) > 0 ? true : undefined,
  );
  return { ...begun, fileId };
}

describe('the GridFS server', () => {
  test.each([
    ['crashes', () => crash('mongodb')],
    ['falls silent', () => treat('mongodb', { kind: 'black-hole' })],
  ])('row 17: %s in the middle of an upload: 503, and no chunk stays', async (_how, strike) => {
    const person = await newPerson();
    const { sending, answered, jobId, fileId } = await halfUpload(person);
    await strike();
    sending.end(randomBytes(3e6));

    const { status, retryAfter, body } = await answered;
    expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.any(String) });
    expect(JSON.parse(body)).toMatchObject({ code: 'storage' });
    await heal();
    await restoreServers();
    expect(await person.client.job(jobId)).toMatchObject({
      state: 'aborted',
      error: { code: 'storage' },
    });
    await everyPromiseHolds([]);
    expect(await chunkCount('videos', fileId)).toBe(0);
  });

  test('row 18: is away when the MP3 is stored: tried again, one result', async () => {
    await treat('mongodb', { kind: 'lose-request', containing: 'mp3s.chunks' });
    const accepted = await uploadShort();
    await eventually('an attempt that ended', async () =>
      (await stepsOf(accepted.jobId)).includes('postpone') ? true : undefined,
    );
    await everyPromiseHolds([accepted]);
    expect(await stepsOf(accepted.jobId)).toEqual([
      ...['accept', 'claim', 'postpone', 'claim', 'publish'],
    ]);
    expect(await storedFiles({ job: accepted.jobId })).toMatchObject({ mp3s: 1 });
  });

  test.each([
    ['the whole of it', undefined],
    ['a range', 'bytes=300000-900000'],
  ])(
    'row 38: lost a part of an MP3: a download of %s ends short, and all hear of it',
    async (_what, range) => {
      const soundSeconds = 60;
      const accepted = await uploadAs(await mediaFile('sound.m4a', soundSeconds), { soundSeconds });
      const { jobId, person } = accepted;
      const { client } = person;
      await client.watch(jobId);
      await loseChunk('mp3s', String((await jobRow(jobId)).outputFileId), 2);
      const download = () => client.call(`download/${jobId}`, { headers: range ? { range } : {} });

      const answer = await download();
      expect(answer.status).toBe(range ? 206 : 200);
      await expect(answer.arrayBuffer()).rejects.toThrow('terminated');

      const error = { code: 'stored_file_damaged', remedy: expect.any(String) };
      expect(await client.job(jobId)).toMatchObject({ state: 'done', error });
      const { entries } = await client.timeline(jobId);
      expect(entries.map(({ event }) => event)).toContain('damaged');
      expect(await figureOf('jobs', 'v2m_results_damaged_last_day')).toBeGreaterThan(0);
      const next = await download();
      expect(next.status).toBe(500);
      expect(await next.json()).toMatchObject(error);

      // A damaged MP3 breaks I5, as it must; its owner lets go of it.
      await client.call(`jobs/${jobId}`, { method: 'DELETE' });
      await everyPromiseHolds([]);
    },
  );

  test('row 40: has a full disk: uploads are told so, MP3s are served, and it recovers', async () => {
    const before = await uploadShort();
    const { result } = await before.person.client.watch(before.jobId);
    const disk = await moveToSmallDisk();
    try {
      await disk.fill(2e6);
      const person = await newPerson();
      const { sending, answered, jobId, fileId } = await halfUpload(person);
      sending.end(randomBytes(1e7));
      const { status, retryAfter, body } = await answered;
      expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.any(String) });
      expect(JSON.parse(body)).toMatchObject({ code: 'storage' });

      const mp3 = await before.person.client.call(`download/${before.jobId}`);
      expect((await mp3.arrayBuffer()).byteLength).toBe(result?.bytes);

      disk.free();
      await everyPromiseHolds([before, await uploadShort()]);
      expect(await person.client.job(jobId)).toMatchObject({ state: 'aborted' });
      expect(await chunkCount('videos', fileId)).toBe(0);
    } finally {
      await disk.remove();
    }
  });

  test('row 20: takes 2 s for each operation: an upload is held back and takes no more memory', async () => {
    const soundSeconds = sized(510, 1_360);
    const video = await mediaFile('sound.wav', soundSeconds);
    await redeploy('upload');
    await treat('mongodb', { kind: 'delay', ms: 1_000 });

    const peaks = watchMemory(processOf('upload').pid);
    const accepted = await uploadAs(video, { soundSeconds });
    expect(peaks().own).toBeLessThan(120);

    await everyPromiseHolds([accepted]);
  });

  test('row 20: takes 2 s for each operation: a conversion is slow and takes no more memory', async () => {
    const soundSeconds = sized(60, 680);
    const video = await mediaFile('sound.wav', soundSeconds);
    await redeploy('convert');
    await treat('mongodb', { kind: 'delay', ms: 1_000 });

    const peaks = watchMemory(processOf('convert').pid);
    const accepted = await uploadAs(video, { soundSeconds });
    const { attempt } = await accepted.person.client.watch(accepted.jobId);
    expect(peaks().family).toBeLessThan(300);

    expect(attempt).toBe(1);
    await everyPromiseHolds([accepted]);
  });
});
