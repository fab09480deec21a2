import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { Job, JobError } from '#shared/core/job';
import type { JobState } from '#shared/core/jobs';
import { httpFunction } from '#shared/runtime/http';
import { loggedIn } from '#shared/runtime/http/auth';
import { once } from '#shared/runtime/once';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import { createSilentLog } from '#shared/testing/log.fake';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { download } from './download.ts';

const id = '0190a8f0-0000-7000-8000-000000000001';
const mp3 = Buffer.from(Array.from({ length: 700_000 }, (_, n) => (n * 7) % 251));
const sha256 = createHash('sha256').update(mp3).digest('hex');
const accessTokens = createFakeAccessTokens();

let files: ReturnType<typeof createFakeFileStore>;
let job: Job;
let served: ServedFunction;

beforeEach(async () => {
  files = createFakeFileStore();
  const fileId = files.newFileId();
  const file = { fileId, jobId: id, ownerId: 'ada', contentType: 'audio/mpeg', name: 'x' };
  async function* whole() {
    await Promise.resolve();
    yield mp3;
  }
  const stored = await files.write('mp3s', file, whole());
  const at = new Date();
  job = {
    id,
    ownerId: 'ada',
    state: 'done',
    source: { fileId: 'f', name: '日本 "a".mp4', bytes: 1, sha256: 'x' },
    options: { bitrate: 192 },
    round: 1,
    attempt: 1,
    progress: 1,
    result: { ...stored, durationSeconds: 1 },
    receipt: undefined,
    error: undefined,
    createdAt: at,
    updatedAt: at,
    expiresAt: undefined,
  };
  const shelf = {
    find: (ownerId: string, jobId: string) =>
      Promise.resolve(ownerId === job.ownerId && jobId === job.id ? job : undefined),
    noteDamage: (_ownerId: string, _jobId: string, error: JobError) => {
      job = { ...job, error };
      return Promise.resolve();
    },
  };
  const close = () => Promise.resolve();
  served = await serveFunction(
    httpFunction(
      once(() =>
        Promise.resolve({
          accessTokens,
          shelf,
          files,
          log: createSilentLog(),
          stallSeconds: 60,
          close,
        }),
      ),
      [
        {
          method: 'GET',
          path: '/{id}',
          handle: loggedIn((exchange, deps, { userId }) =>
            download(deps)(exchange, userId, exchange.params['id'] ?? ''),
          ),
        },
      ],
    ),
  );
});
afterEach(() => served.close());

async function get(headers: Record<string, string> = {}, path = id, init: RequestInit = {}) {
  const { token } = await accessTokens.sign({ userId: 'ada', roles: ['user'] });
  return fetch(`${served.url}/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('download', () => {
  test('gives the whole MP3, bit by bit (I5)', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).equals(mp3)).toBe(true);
  });

  test('says all that a careful client wants to know (47, 48)', async () => {
    const response = await get();
    await response.body?.cancel();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '700000',
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `attachment; filename="__ _a_.mp3"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%20%22a%22.mp3`,
    });
  });

  test('answers HEAD with the headers of GET and no body (71)', async () => {
    const [head, whole] = [await get({}, id, { method: 'HEAD' }), await get()];
    await whole.body?.cancel();
    const aboutTheFile = ({ headers }: Response) =>
      [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
    expect(aboutTheFile(head)).toEqual(aboutTheFile(whole));
    expect(await bytesOf(head)).toHaveLength(0);
  });

  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=261119-261121', 261_119, 261_122],
    ['bytes=600000-', 600_000, 700_000],
    ['bytes=-5', 699_995, 700_000],
    ['bytes=0-99999999', 0, 700_000],
  ])('gives %s as 206 (48)', async (range, start, end) => {
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/700000`);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect((await bytesOf(response)).equals(mp3.subarray(start, end))).toBe(true);
  });

  test('answers 416 with the size to a range outside (48)', async () => {
    const response = await get({ range: 'bytes=700000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */700000');
    expect(await response.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  test.each([
    ['the same file', `"${sha256}"`, 206],
    ['another file', '"other"', 200],
    ['a weak tag', `W/"${sha256}"`, 200],
    ['a date', 'Sat, 21 Nov 2026 10:00:00 GMT', 200],
  ])('goes on only with the same file: If-Range names %s (48)', async (_, tag, status) => {
    const response = await get({ range: 'bytes=1-2', 'if-range': tag });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  test.each([
    [`"${sha256}"`, 304],
    [`"a", W/"${sha256}"`, 304],
    ['*', 304],
    ['"other"', 200],
  ])('If-None-Match: %s is answered with %d', async (tag, status) => {
    const response = await get({ 'if-none-match': tag });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  test.each<[JobState, number, string]>([
    ['uploading', 409, 'This job is uploading: it has no MP3 to download.'],
    ['running', 409, 'This job is running: it has no MP3 to download.'],
    ['failed', 409, 'This job is failed: it has no MP3 to download.'],
    ['expired', 410, 'The MP3 was kept for its time and is deleted.'],
  ])(
    'serves nothing of a job that is %s, whatever the row holds',
    async (state, status, detail) => {
      job = { ...job, state };
      const response = await get();
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ detail });
    },
  );

  test('answers another person’s, a random and a malformed id alike (31)', async () => {
    job = { ...job, ownerId: 'bob' };
    const bodies = [];
    for (const path of [id, '0190a8f0-0000-7000-8000-0000000000ff', 'x', "'%20OR%201=1"]) {
      const response = await get({ 'x-call-id': 'same' }, path);
      bodies.push(`${response.status} ${await response.text()}`);
    }
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toMatch(/^404 /);
  });

  test('wants to know who asks', async () => {
    expect((await get({ authorization: '' })).status).toBe(401);
  });

  test.each(['missing', 'short'] as const)(
    'breaks off visibly where a chunk is %s (38)',
    async (how) => {
      await files.damage('mp3s', job.result?.fileId ?? '', 1, how);
      const response = await get();
      expect(response.headers.get('content-length')).toBe('700000');
      await expect(bytesOf(response)).rejects.toThrow('terminated');

      expect(job.error?.code).toBe('stored_file_damaged');
      const next = await get({ range: 'bytes=0-0' });
      expect(next.status).toBe(500);
      expect(await next.json()).toMatchObject({ code: 'stored_file_damaged' });
    },
  );

  test('gives a range beside a missing chunk, and notes nothing (38)', async () => {
    await files.damage('mp3s', job.result?.fileId ?? '', 1, 'missing');
    expect(await bytesOf(await get({ range: 'bytes=0-99' }))).toHaveLength(100);
    expect(job.error).toBeUndefined();
  });

  test('answers 500 before the first byte when the file is not there, and notes it (38)', async () => {
    await files.remove('mp3s', job.result?.fileId ?? '');
    const response = await get();
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'stored_file_damaged' });
    expect(job.error?.code).toBe('stored_file_damaged');
  });

  test('notes nothing where the store does not answer (38)', async () => {
    files.read = () => {
      throw new AppError('storage');
    };
    expect((await get()).status).toBe(503);
    expect(job.error).toBeUndefined();
  });
});
