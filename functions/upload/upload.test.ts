import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { FileStore, JobIntake, PendingBell } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { createFakeRateLimiter } from '#shared/testing/rate-limiter.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import { createSlots } from './slots.ts';
import { upload, type UploadDeps, type UploadRequest } from './upload.ts';
import type { Video } from './video.ts';

const ada = '0190a8f0-0000-7000-8000-00000000000a';
const idOf = (n: number) => `0190a8f0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const mp4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(600_000, 'v')]);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function* inPieces(bytes: Buffer, size = 64 * 1024) {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

const videoOf = (bytes: Buffer, more: Partial<Video> = {}): Video => ({
  name: 'clip.mp4',
  options: { bitrate: 192 },
  bytes: inPieces(bytes),
  ...more,
});

/** Rejects in place of the first answers of one method; the work is done all the same. */
function losingReplies<T extends object>(port: T, method: keyof T, replies: number): T {
  let left = replies;
  const call = port[method] as (...values: unknown[]) => Promise<unknown>;
  const lossy = async (...values: unknown[]) => {
    const answer = await call.apply(port, values);
    left -= 1;
    if (left >= 0) throw new AppError('unavailable');
    return answer;
  };
  return { ...port, [method]: lossy };
}

const store = () => createFakeStore();
let truth: ReturnType<typeof store>;
let files: ReturnType<typeof createFakeFileStore>;
let rung: PendingBell[];
let background: Promise<unknown>[];
let warnings: string[];

function depsWith(more: Partial<UploadDeps> = {}): UploadDeps {
  let ids = 0;
  const quiet = () => undefined;
  return {
    limiter: createFakeRateLimiter(100),
    slots: createSlots(10),
    keys: truth.idempotencyKeys,
    intake: truth.jobIntake,
    shelf: truth.jobShelf,
    files,
    newId: () => idOf((ids += 1)),
    limits: {
      maxBytes: 1_000_000,
      maxSeconds: 3_600,
      uploadSeconds: 60,
      leaseSeconds: 60,
      maxActive: 3,
    },
    log: { debug: quiet, info: quiet, error: quiet, warn: (_, text) => void warnings.push(text) },
    ring: (bells) => Promise.resolve(rung.push(...bells)),
    inBackground: (work) => void background.push(work()),
    ...more,
  };
}

const requestOf = (video: Video, more: Partial<UploadRequest> = {}): UploadRequest => ({
  ownerId: ada,
  requestId: 'call-1',
  idempotencyKey: undefined,
  toldBytes: undefined,
  client: new AbortController().signal,
  receive: () => Promise.resolve(video),
  ...more,
});

const job = (n: number) => truth.jobShelf.find(ada, idOf(n));
const chunks = (n = 1) => files.chunkCount('videos', n.toString(16).padStart(24, '0'));

beforeEach(async () => {
  truth = store();
  files = createFakeFileStore();
  rung = [];
  background = [];
  warnings = [];
  const email = 'ada@example.org';
  await truth.users.create({ id: ada, email, emailKey: email, passwordHash: 'x' });
});

describe('upload', () => {
  test('stores the video whole, hashed and counted, and queues its job', async () => {
    const view = await upload(depsWith())(requestOf(videoOf(mp4)));
    expect(view).toMatchObject({
      id: idOf(1),
      state: 'queued',
      source: { name: 'clip.mp4', bytes: mp4.length, sha256: sha256(mp4) },
      options: { bitrate: 192 },
    });
    expect(await job(1)).toMatchObject({ state: 'queued' });
  });

  test('refuses options that exclude each other before it opens a job', async () => {
    const impossible = videoOf(mp4, { options: { bitrate: 192, quality: 2 } });
    await expect(upload(depsWith())(requestOf(impossible))).rejects.toMatchObject({
      code: 'impossible_options',
    });
    expect(await job(1)).toBeUndefined();
  });

  test('commits, answers, and only then waits for the bell (7)', async () => {
    const events: string[] = [];
    const intake: JobIntake = {
      ...truth.jobIntake,
      accept: async (...values) => {
        const accepted = await truth.jobIntake.accept(...values);
        events.push('committed');
        return accepted;
      },
    };
    const ring = () => {
      events.push('bell');
      return new Promise<never>(() => undefined);
    };
    await upload(depsWith({ intake, ring }))(requestOf(videoOf(mp4)));
    expect(events).toEqual(['committed', 'bell']);
  });

  test('rings the bell of the job it queued, under the request’s id', async () => {
    await upload(depsWith())(requestOf(videoOf(mp4)));
    expect(rung.map(({ event }) => event)).toEqual([
      { v: 1, type: 'video_uploaded', jobId: idOf(1), requestId: 'call-1' },
    ]);
  });

  test('opens the row before the first byte is asked for', async () => {
    let stateAtFirstByte: string | undefined;
    async function* watched() {
      stateAtFirstByte = (await job(1))?.state;
      yield* inPieces(mp4);
    }
    await upload(depsWith())(requestOf(videoOf(mp4, { bytes: watched() })));
    expect(stateAtFirstByte).toBe('uploading');
  });

  test('keeps the name as a label only (43)', async () => {
    const video = videoOf(mp4, { name: '../../etc/pass\0wd\r\n.mp4' });
    const { source } = await upload(depsWith())(requestOf(video));
    expect(source.name).toBe('passwd .mp4');
  });

  test.each([
    ['a page', 'not_media', Buffer.from('<!doctype html><html></html>')],
    ['an archive', 'not_media', Buffer.from('PK\x03\x04 something')],
    ['a picture', 'not_media', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['an HLS playlist', 'playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd')],
    ['an ffconcat script', 'playlist', Buffer.from('ffconcat version 1.0\nfile a.mp4')],
    ['a program', 'not_media', Buffer.from('\x7fELF', 'latin1')],
  ])(
    'refuses %s as %s by its first bytes, while the rest still flows (46)',
    async (_, code, start) => {
      let asked = 0;
      async function* flow() {
        yield start;
        for (;;) {
          await Promise.resolve();
          asked += 1;
          yield Buffer.alloc(1_024);
        }
      }
      const attempt = upload(depsWith())(requestOf(videoOf(mp4, { bytes: flow() })));
      await expect(attempt).rejects.toMatchObject({ code });
      expect(await job(1)).toMatchObject({ state: 'aborted', error: { code } });
      expect({ asked, stored: await chunks() }).toEqual({ asked: expect.any(Number), stored: 0 });
      expect(asked).toBeLessThan(10);
    },
  );

  test('refuses a film without sound as soon as its index is there, and keeps no chunk', async () => {
    let asked = 0;
    async function* flow() {
      yield silentFilm;
      for (;;) {
        await Promise.resolve();
        asked += 1;
        yield Buffer.alloc(1_024);
      }
    }
    const attempt = upload(depsWith())(requestOf(videoOf(mp4, { bytes: flow() })));
    const error = {
      code: 'no_audio',
      message: expect.stringMatching(/Found: video, no sound track\.$/),
    };
    await expect(attempt).rejects.toMatchObject(error);
    expect(await job(1)).toMatchObject({ state: 'aborted', error });
    expect(await chunks()).toBe(0);
    expect(asked).toBeLessThan(10);
  });

  test('refuses an empty file', async () => {
    const attempt = upload(depsWith())(requestOf(videoOf(Buffer.alloc(0))));
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'The file is empty.',
    });
    expect(await job(1)).toMatchObject({ state: 'aborted', error: { code: 'invalid_input' } });
  });

  test.each([
    [0, 'queued'],
    [1, 'aborted'],
  ])('counts bytes: %d more than the limit leave the job %s (38)', async (more, state) => {
    const limits = {
      maxBytes: mp4.length - more,
      maxSeconds: 3_600,
      uploadSeconds: 60,
      leaseSeconds: 60,
      maxActive: 3,
    };
    await upload(depsWith({ limits }))(requestOf(videoOf(mp4))).catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'too_large' }),
    );
    expect((await job(1))?.state).toBe(state);
    expect(await chunks()).toBe(more === 0 ? 3 : 0);
  });

  test('refuses fewer bytes than were announced', async () => {
    const request = requestOf(videoOf(mp4), { toldBytes: mp4.length + 1 });
    await expect(upload(depsWith())(request)).rejects.toMatchObject({ code: 'upload_incomplete' });
    expect(await job(1)).toMatchObject({ state: 'aborted' });
  });

  test('aborts the job of a client that is gone at half (21)', async () => {
    const client = new AbortController();
    async function* half() {
      yield mp4.subarray(0, 300_000);
      client.abort();
      await new Promise<never>(() => undefined);
    }
    const request = requestOf(videoOf(mp4, { bytes: half() }), { client: client.signal });
    await expect(upload(depsWith())(request)).rejects.toMatchObject({ code: 'upload_incomplete' });
    expect(await job(1)).toMatchObject({ state: 'aborted', error: { code: 'upload_incomplete' } });
    expect(await chunks()).toBe(0);
  });

  test('aborts an upload that takes too long, whatever its bytes wait for (22, 42)', async () => {
    async function* half() {
      yield mp4.subarray(0, 300_000);
      await new Promise<never>(() => undefined);
    }
    const limits = {
      maxBytes: 1_000_000,
      maxSeconds: 3_600,
      uploadSeconds: 0.02,
      leaseSeconds: 60,
      maxActive: 3,
    };
    const request = requestOf(videoOf(mp4, { bytes: half() }));
    await expect(upload(depsWith({ limits }))(request)).rejects.toMatchObject({
      code: 'upload_timeout',
    });
    expect(await job(1)).toMatchObject({ state: 'aborted', error: { code: 'upload_timeout' } });
  });

  test('is kept while its bytes flow, for longer than one lease', async () => {
    const limits = {
      maxBytes: 1_000_000,
      maxSeconds: 3_600,
      uploadSeconds: 60,
      leaseSeconds: 0.6,
      maxActive: 3,
    };
    async function* slowly() {
      yield mp4.subarray(0, 300_000);
      await new Promise((resolve) => setTimeout(resolve, 900));
      expect(await truth.jobUpkeep.abortStaleUploads({ maxRows: 9 })).toBe(0);
      yield mp4.subarray(300_000);
    }
    const request = requestOf(videoOf(mp4, { bytes: slowly() }));
    expect(await upload(depsWith({ limits }))(request)).toMatchObject({ state: 'queued' });
  });

  test('lets go of its bytes when it was given up meanwhile', async () => {
    const limits = {
      maxBytes: 1_000_000,
      maxSeconds: 3_600,
      uploadSeconds: 60,
      leaseSeconds: 0.06,
      maxActive: 3,
    };
    async function* half() {
      yield mp4.subarray(0, 300_000);
      await truth.jobIntake.abort(idOf(1), { code: 'upload_timeout', message: 'Too long.' });
      await new Promise<never>(() => undefined);
    }
    const request = requestOf(videoOf(mp4, { bytes: half() }));
    await expect(upload(depsWith({ limits }))(request)).rejects.toMatchObject({
      code: 'upload_timeout',
    });
    expect(await chunks()).toBe(0);
  });

  test('aborts the job when the store of files does not answer (17)', async () => {
    const broken: Pick<FileStore, 'newFileId' | 'write'> = {
      newFileId: () => files.newFileId(),
      write: () => Promise.reject(new AppError('storage')),
    };
    const attempt = upload(depsWith({ files: broken }))(requestOf(videoOf(mp4)));
    await expect(attempt).rejects.toMatchObject({ code: 'storage' });
    expect(await job(1)).toMatchObject({ state: 'aborted', error: { code: 'storage' } });
  });

  test('shows nothing of an unexpected error', async () => {
    const broken = {
      newFileId: () => files.newFileId(),
      write: () => Promise.reject(new Error('password=hunter2')),
    };
    const attempt = upload(depsWith({ files: broken }))(requestOf(videoOf(mp4)));
    await expect(attempt).rejects.toMatchObject({ code: 'internal' });
    expect(JSON.stringify(await job(1))).not.toContain('hunter2');
  });

  test('asks again when the reply to its commit was lost, and doubles nothing (19)', async () => {
    const intake = losingReplies(truth.jobIntake, 'accept', 1);
    expect(await upload(depsWith({ intake }))(requestOf(videoOf(mp4)))).toMatchObject({
      state: 'queued',
    });
    expect(await truth.history(idOf(1))).toHaveLength(1);
    expect(rung).toHaveLength(1);
  });

  test('leaves a commit that stays unknown as it is (19)', async () => {
    const intake = losingReplies(truth.jobIntake, 'accept', 2);
    const attempt = upload(depsWith({ intake }))(requestOf(videoOf(mp4)));
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all(background);
    expect(await job(1)).toMatchObject({ state: 'queued' });
  });

  test('answers at once when the job store is away, and aborts behind it (25)', async () => {
    const intake = {
      ...truth.jobIntake,
      open: () => Promise.reject(new AppError('unavailable')),
      abort: () => new Promise<never>(() => undefined),
    };
    const attempt = upload(depsWith({ intake }))(requestOf(videoOf(mp4)));
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('leaves an abort that fails to the sweep', async () => {
    const intake = {
      ...truth.jobIntake,
      abort: () => Promise.reject(new AppError('unavailable')),
    };
    const attempt = upload(depsWith({ intake }))(requestOf(videoOf(Buffer.from('text'))));
    await expect(attempt).rejects.toMatchObject({ code: 'not_media' });
    expect(warnings).toEqual(['upload left to the sweep']);
  });

  test('refuses more jobs under way than allowed, and says so (72)', async () => {
    const send = upload(depsWith());
    for (let n = 0; n < 3; n += 1) await send(requestOf(videoOf(mp4)));
    await expect(send(requestOf(videoOf(mp4)))).rejects.toMatchObject({ code: 'too_many_jobs' });
  });

  test('reads nothing of a request beyond the rate limit (72)', async () => {
    let isRead = false;
    const receive = () => {
      isRead = true;
      return Promise.resolve(videoOf(mp4));
    };
    const deps = depsWith({ limiter: createFakeRateLimiter(0) });
    await expect(upload(deps)(requestOf(videoOf(mp4), { receive }))).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 60,
    });
    expect(isRead).toBe(false);
  });

  test('sends away what comes while all slots are taken, and gives slots back (33)', async () => {
    const send = upload(depsWith({ slots: createSlots(1) }));
    const first = send(requestOf(videoOf(mp4)));
    await expect(send(requestOf(videoOf(mp4)))).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 5,
    });
    await first;
    await expect(send(requestOf(videoOf(Buffer.from('text'))))).rejects.toMatchObject({
      code: 'not_media',
    });
    await expect(send(requestOf(videoOf(mp4)))).resolves.toMatchObject({ state: 'queued' });
  });

  test('counts nothing against a person whom no slot was free for (33)', async () => {
    const limiter = createFakeRateLimiter(2);
    const send = upload(depsWith({ slots: createSlots(1), limiter }));
    const first = send(requestOf(videoOf(mp4)));
    await expect(send(requestOf(videoOf(mp4)))).rejects.toMatchObject({ code: 'unavailable' });
    await first;
    await expect(send(requestOf(videoOf(mp4)))).resolves.toMatchObject({ state: 'queued' });
  });
});

describe('upload with an Idempotency-Key', () => {
  const withKey = (video: Video) => requestOf(video, { idempotencyKey: 'key-1' });

  test('answers the same request with the same job, and stores nothing anew', async () => {
    const send = upload(depsWith());
    const first = await send(withKey(videoOf(mp4)));
    expect(await send(withKey(videoOf(mp4)))).toEqual(first);
    expect(await chunks(2)).toBe(0);
    expect(await truth.jobShelf.list(ada, { before: undefined, limit: 10 })).toHaveLength(1);
  });

  test.each([
    ['video', videoOf(Buffer.concat([mp4, Buffer.from('x')]))],
    ['name', videoOf(mp4, { name: 'other.mp4' })],
    ['bit rate', videoOf(mp4, { options: { bitrate: 320 } })],
    ['title', videoOf(mp4, { options: { title: 'Sea' } })],
  ])('refuses the key with another %s', async (_, other) => {
    const send = upload(depsWith());
    await send(withKey(videoOf(mp4)));
    await expect(send(withKey(other))).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  test('takes a default that is named for the same wish', async () => {
    const send = upload(depsWith());
    const first = await send(withKey(videoOf(mp4, { options: {} })));
    expect(await send(withKey(videoOf(mp4, { options: { bitrate: 192 } })))).toEqual(first);
  });

  test('keeps keys of different people apart', async () => {
    const bob = idOf(99);
    const email = 'bob@example.org';
    await truth.users.create({ id: bob, email, emailKey: email, passwordHash: 'x' });
    const send = upload(depsWith());
    const first = await send(withKey(videoOf(mp4)));
    const second = await send({ ...withKey(videoOf(mp4)), ownerId: bob });
    expect(second.id).not.toBe(first.id);
  });

  test('sends away the second of two at once', async () => {
    const send = upload(depsWith());
    const first = send(withKey(videoOf(mp4)));
    await expect(send(withKey(videoOf(mp4)))).rejects.toMatchObject({ code: 'conflict' });
    await expect(first).resolves.toMatchObject({ state: 'queued' });
  });

  test('lets a failed upload be sent again under its key', async () => {
    const send = upload(depsWith());
    await send(withKey(videoOf(Buffer.from('text')))).catch(() => undefined);
    await expect(send(withKey(videoOf(mp4)))).resolves.toMatchObject({ state: 'queued' });
  });

  test('frees a key whose job could not be opened', async () => {
    const intake = {
      ...truth.jobIntake,
      open: () => Promise.reject(new AppError('too_many_jobs')),
    };
    await upload(depsWith({ intake }))(withKey(videoOf(mp4))).catch(() => undefined);
    await Promise.all(background);
    await expect(upload(depsWith())(withKey(videoOf(mp4)))).resolves.toMatchObject({
      state: 'queued',
    });
  });

  test('knows the answer also where it was not written down (19)', async () => {
    const keys = {
      ...truth.idempotencyKeys,
      complete: () => Promise.reject(new AppError('unavailable')),
    };
    const first = await upload(depsWith({ keys }))(withKey(videoOf(mp4)));
    await Promise.allSettled(background);
    expect(await upload(depsWith())(withKey(videoOf(mp4)))).toEqual(first);
  });

  test('says that the job of the key was deleted', async () => {
    const send = upload(depsWith());
    const { id } = await send(withKey(videoOf(mp4)));
    await truth.jobShelf.cancel(ada, id);
    await truth.jobShelf.remove(ada, id);
    await expect(send(withKey(videoOf(mp4)))).rejects.toMatchObject({
      code: 'conflict',
      message: 'The job of this Idempotency-Key was deleted. Use a new key.',
    });
  });
});

/** An MP4 whose index, in front, has one track: of pictures. */
const silentFilm = (() => {
  const box = (type: string, ...parts: readonly Buffer[]) => {
    const body = Buffer.concat(parts);
    const header = Buffer.alloc(8);
    header.writeUInt32BE(8 + body.length);
    header.write(type, 4);
    return Buffer.concat([header, body]);
  };
  const handler = box('hdlr', Buffer.alloc(8), Buffer.from('vide'), Buffer.alloc(12));
  const described = box('minf', box('stbl', box('stsd', Buffer.alloc(8))));
  const track = box('trak', box('mdia', handler, described));
  return Buffer.concat([box('ftyp', Buffer.from('isom')), box('moov', track), Buffer.alloc(5_000)]);
})();
