import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceError } from '../../scripts/client/request.ts';
import { halfOf, mediaFile, textFile } from '../../scripts/testing/media.ts';
import { audioSeconds, mailsTo, newPerson, onlyMailTo } from '../../scripts/testing/service.ts';
import { storedVideoSha256 } from '../../scripts/testing/stored.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-e2e-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

describe('a video with sound', () => {
  test.each([
    'index-first.mp4',
    'index-last.mp4',
    'film.mkv',
    'film.webm',
    'film.mov',
    'film.avi',
    'sound.m4a',
  ] as const)('%s becomes a complete MP3, and one mail says so', async (name) => {
    const video = await mediaFile(name);
    const { client, email } = await newPerson();

    const { id } = await client.upload(video);
    const job = await client.watch(id);

    expect(job).toMatchObject({ state: 'done', error: null, attempt: 1 });
    const out = join(folder, `${name}.mp3`);
    await client.download(id, out);
    expect(await sha256(out)).toBe(job.result?.sha256);
    const promised = await audioSeconds(video);
    expect(Math.abs((await audioSeconds(out)) - promised)).toBeLessThan(0.1);
    expect(await storedVideoSha256(id)).toBe(await sha256(video));

    const mail = await onlyMailTo(email);
    expect(mail.text).toContain(`/function/download/${id}`);
  });
});

describe('a video that cannot become an MP3', () => {
  test.each([
    ['without sound', () => mediaFile('no-sound.mp4'), 'no_audio'],
    ['cut at half, index first', () => halfOf('index-first.mp4'), 'truncated'],
    ['cut at half, index last', () => halfOf('index-last.mp4'), 'truncated'],
    ['cut at half, Matroska', () => halfOf('film.mkv'), 'truncated'],
  ])('%s fails with its code, and one mail says why', async (_, file, code) => {
    const { client, email } = await newPerson();

    const { id } = await client.upload(await file());
    const job = await client.watch(id);

    expect(job).toMatchObject({ state: 'failed', result: null, error: { code } });
    const answer = await client.call(`download/${id}`);
    expect(answer.status).toBe(409);
    const mail = await onlyMailTo(email);
    expect(mail.text).toContain(job.error?.message);
  });

  test('a text named .mp4 is refused while it is sent, and leaves no job to wait for', async () => {
    const { client, email } = await newPerson();

    const refusal = await client.upload(await textFile()).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(ServiceError);
    expect(refusal).toMatchObject({ code: 'not_media', status: 415 });
    const { jobs } = (await (await client.call('jobs')).json()) as { jobs: { state: string }[] };
    expect(jobs.map(({ state }) => state)).toEqual(['aborted']);
    expect(await mailsTo(email)).toEqual([]);
  });
});

describe('a video that is cut, whose owner asks for what there is', () => {
  test('becomes an MP3 that says everywhere that it is not complete', async () => {
    const { client, email } = await newPerson();

    const video = await halfOf('index-first.mp4');
    const { id } = await client.upload(video, undefined, { allowPartial: 'true' });
    const job = await client.watch(id);

    const { degraded } = job.result ?? {};
    expect(job).toMatchObject({ state: 'done', result: { degraded: { code: 'truncated' } } });
    expect(degraded?.promisedSeconds).toBeCloseTo(6, 1);
    expect(degraded?.decodedSeconds).toBeLessThan(5);
    const out = join(folder, 'part.mp3');
    await client.download(id, out);
    expect(await audioSeconds(out)).toBeCloseTo(degraded?.decodedSeconds ?? 0, 1);
    const { entries } = await client.timeline(id);
    expect(entries.find(({ event }) => event === 'done')).toMatchObject({ code: 'truncated' });
    expect((await onlyMailTo(email)).subject).toMatch(/is not complete$/);
  });

  test('is refused for a wish that is neither true nor false', async () => {
    const { client } = await newPerson();
    const upload = client.upload(await mediaFile('sound.m4a'), undefined, { allowPartial: 'yes' });
    await expect(upload).rejects.toMatchObject({ code: 'invalid_input', status: 400 });
  });
});
