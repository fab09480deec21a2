import { describe, expect, test } from '@jest/globals';

import type { ConversionOptions } from '#shared/contracts/options';
import { AppError, sentence } from '#shared/core/errors';
import type { ErrorCode } from '#shared/core/errors';
import type { Claim, FileStore, JobClaims, PendingBell } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { claimNext, queueVideo } from '#shared/testing/queued-video';
import { createSilentLog } from '#shared/testing/log.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import type { Store } from '#shared/testing/store';
import { createFakeMedia } from '#shared/testing/transcoder.fake';
import type { FakeSound } from '#shared/testing/transcoder.fake';
import { convertJob } from './convert-job.ts';
import type { Clock, ConvertDeps } from './deps.ts';
import { EncoderSlots } from './encoder-slots.ts';
import { Stopped } from './interruption.ts';

const limits = {
  leaseSeconds: 60,
  heartbeatMs: 10,
  checkpointSeconds: 10,
  segmentedFromSeconds: 60,
  maxSeconds: 600,
  timeoutSeconds: 1800,
};
const flac = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(600_000)]);

/** Time that passes as fast as it is slept through; only `advance` reaches far ahead. */
function createFastClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  return {
    now: () => now,
    advance: (ms) => (now += ms),
    async sleep(ms, signal) {
      const until = now + ms;
      do await new Promise((resolve) => setImmediate(resolve));
      while (ms > 60_000 && now < until && !signal?.aborted);
      signal?.throwIfAborted();
      now = Math.max(now, until);
    },
  };
}

interface Bench {
  readonly store: Store;
  readonly files: ReturnType<typeof createFakeFileStore>;
  readonly media: ReturnType<typeof createFakeMedia>;
  readonly rung: PendingBell[];
  readonly clock: ReturnType<typeof createFastClock>;
  readonly claim: () => Promise<Claim>;
  readonly cancel: () => Promise<unknown>;
  /** Works on the next job. */
  work(changes?: Partial<ConvertDeps>, stopping?: AbortSignal): Promise<Claim>;
  job(claim: Claim): ReturnType<Store['jobShelf']['find']>;
  mp3(claim: Claim): ReturnType<FileStore['info']>;
}

async function setUp(
  sound: Partial<FakeSound> = {},
  video: Buffer = flac,
  options: ConversionOptions = { bitrate: 192 },
): Promise<Bench> {
  const clock = createFastClock();
  const store = createFakeStore({ now: () => clock.now() });
  const files = createFakeFileStore();
  const media = createFakeMedia(sound);
  const rung: PendingBell[] = [];
  const { ownerId, id } = await queueVideo({ store, files }, pieces(video), { options });
  const deps: ConvertDeps = {
    claims: store.jobClaims,
    files,
    sources: media.sources,
    transcoder: media.transcoder,
    slots: new EncoderSlots(2),
    ring: (bells) => Promise.resolve(rung.push(...bells)),
    clock,
    random: () => 0.5,
    limits,
    log: createSilentLog(),
  };
  const claim = () => claimNext({ store, files });
  return {
    store,
    files,
    media,
    rung,
    clock,
    claim,
    cancel: () => store.jobShelf.cancel(ownerId, id),
    async work(changes = {}, stopping = new AbortController().signal) {
      const claimed = await claim();
      await convertJob({ ...deps, ...changes })(claimed, stopping);
      return claimed;
    },
    job: ({ job: { id } }) => store.jobShelf.find(ownerId, id),
    mp3: ({ lease }) => files.info('mp3s', lease.outputFileId),
  };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

describe('convertJob', () => {
  test('publishes an MP3 with its receipt and rings its bell', async () => {
    const bench = await setUp({ seconds: 2, promised: { seconds: 2.1, by: 'track' } });
    const claim = await bench.work();
    const stored = await bench.mp3(claim);
    const job = await bench.job(claim);
    expect(job).toMatchObject({
      state: 'done',
      result: { fileId: claim.lease.outputFileId, bytes: stored?.bytes, durationSeconds: 2 },
      receipt: {
        promisedSeconds: 2.1,
        decodedSeconds: 2,
        samples: 88_200,
        sampleRate: 44_100,
        channels: 1,
        frames: 78,
        codec: 'fake',
        encoder: 'fake 1.0',
        options: { bitrate: 192, sampleRate: 44_100, channels: 1, track: 1 },
        sha256: job?.result?.sha256,
      },
    });
    expect(job?.result).not.toHaveProperty('degraded');
    expect(bench.rung.map(({ event }) => event.type)).toEqual(['conversion_completed']);
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test('puts tags and info frame in front of the sound', async () => {
    const tags = { title: 'Sea', artist: undefined, album: undefined };
    const bench = await setUp({ tags });
    const claim = await bench.work();
    const read = bench.files.read('mp3s', claim.lease.outputFileId);
    const head = Buffer.concat(await Array.fromAsync(read)).toString('latin1', 0, 400);
    expect(head).toMatch(/^ID3.*TIT2.*Sea.*TSSE.*fake 1\.0.*Info/su);
  });

  test.each<[string, ErrorCode, Partial<FakeSound>]>([
    ['has no sound', 'no_audio', { refusal: new AppError('no_audio') }],
    ['is shorter than promised', 'truncated', { promised: { seconds: 60, by: 'track' } }],
    ['is damaged', 'damaged', { promised: { seconds: 60, by: 'track' }, hint: 'damaged' }],
    ['promises too much to convert', 'too_long', { promised: { seconds: 9e9, by: 'track' } }],
    ['goes on and on', 'too_long', { seconds: 601, promised: { seconds: null, by: 'track' } }],
    ['holds an empty track', 'no_audio', { seconds: 0, promised: { seconds: 0, by: 'track' } }],
  ])('fails a video that %s as %s and keeps nothing of it', async (_what, code, sound) => {
    const bench = await setUp(sound);
    const claim = await bench.work();
    expect(await bench.job(claim)).toMatchObject({ state: 'failed', error: { code } });
    expect(await bench.mp3(claim)).toBeUndefined();
    expect(bench.rung.map(({ event }) => event.type)).toEqual(['conversion_failed']);
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test.each<[string, ErrorCode, Partial<FakeSound>]>([
    ['is shorter than promised', 'truncated', { promised: { seconds: 60, by: 'track' } }],
    ['is damaged', 'damaged', { promised: { seconds: 60, by: 'track' }, hint: 'damaged' }],
  ])('makes an MP3 of what there is where that is asked for: %s', async (_what, code, sound) => {
    const bench = await setUp(sound, flac, { allowPartial: true });
    const claim = await bench.work();
    const job = await bench.job(claim);
    const lengths = { promisedSeconds: 60, decodedSeconds: 1 };
    expect(job).toMatchObject({
      state: 'done',
      result: { durationSeconds: 1, degraded: { code, ...lengths } },
      receipt: { ...lengths, samples: 44_100, options: { allowPartial: true } },
    });
    expect(await bench.mp3(claim)).toMatchObject({ bytes: job?.result?.bytes });
    const [published] = (await bench.store.history(claim.job.id)).slice(-1);
    expect(published).toMatchObject({ step: 'publish', code });
  });

  test('says of what lacks its end by its own account that it does', async () => {
    const video = Buffer.from('RIFF\xff\xff\0\0AVI LIST'.padEnd(600_000), 'latin1');
    const short = Buffer.from(video.subarray(0, 60_000));
    const bench = await setUp({}, short, { allowPartial: true });
    expect((await bench.job(await bench.work()))?.result?.degraded).toEqual({
      ...{ code: 'truncated', promisedSeconds: null, decodedSeconds: 1 },
    });
  });

  test('makes nothing of a store that breaks, also where a part is allowed', async () => {
    const bench = await setUp({ promised: { seconds: 9, by: 'track' } }, flac, {
      allowPartial: true,
    });
    const [first] = await bench.files.listOlderThan('videos', -60, 1);
    await bench.files.damage('videos', first ?? '', 1, 'missing');
    const claim = await bench.work();
    expect(await bench.job(claim)).toMatchObject({
      state: 'queued',
      error: { code: 'stored_file_damaged' },
    });
  });

  test('converts the part that is asked for, also of what is too long as a whole', async () => {
    const sound = { seconds: 5_000, promised: { seconds: 5_000, by: 'track' } } as const;
    const bench = await setUp(sound, flac, { start: 1, end: 3 });
    expect(await bench.job(await bench.work())).toMatchObject({
      ...{ state: 'done', result: { durationSeconds: 2 } },
      receipt: { promisedSeconds: 3, decodedSeconds: 3, samples: 88_200, warnings: [] },
    });
  });

  test.each<[string, ErrorCode, ConversionOptions]>([
    ['a track that is not there', 'no_such_track', { track: 2 }],
    ['a part behind the sound', 'impossible_options', { start: 1 }],
  ])('fails for good an order for %s', async (_what, code, options) => {
    const bench = await setUp({}, flac, options);
    const job = await bench.job(await bench.work());
    expect(job).toMatchObject({ state: 'failed', attempt: 1, error: { code } });
  });

  test.each<[string, ErrorCode, Buffer]>([
    ['a playlist', 'playlist', Buffer.from('#EXTM3U\nhttp://example.org/')],
    ['an empty file', 'not_media', Buffer.alloc(0)],
    [
      'an AVI that lacks its end',
      'truncated',
      Buffer.from('RIFF\xff\xff\0\0AVI LIST'.padEnd(99), 'latin1'),
    ],
  ])('row 46: fails %s as %s without starting ffmpeg', async (_what, code, video) => {
    const bench = await setUp({ refusal: new AppError('internal') }, video);
    expect(await bench.job(await bench.work())).toMatchObject({ state: 'failed', error: { code } });
  });

  test.each([
    ['flac', 'fLaC'],
    ['mp3', 'PLAY'],
  ])('reads what an ID3 tag was put in front of as %s', async (container, first) => {
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x20\0', 'latin1'), Buffer.alloc(4096)]);
    const bench = await setUp({}, Buffer.concat([tag, Buffer.from(first), Buffer.alloc(600_000)]));
    expect((await bench.job(await bench.work()))?.receipt).toMatchObject({ container });
  });

  test('row 5: never publishes when the encoder gives too little', async () => {
    const bench = await setUp({ lostFrames: 1 });
    const claim = await bench.work();
    expect(await bench.job(claim)).toMatchObject({ state: 'queued', error: { code: 'internal' } });
    expect(await bench.mp3(claim)).toBeUndefined();
  });

  test('tries again later when the store breaks while ffmpeg reads', async () => {
    const bench = await setUp();
    const [first] = await bench.files.listOlderThan('videos', -60, 1);
    await bench.files.damage('videos', first ?? '', 1, 'missing');
    const claim = await bench.work();
    const error = { code: 'stored_file_damaged' };
    expect(await bench.job(claim)).toMatchObject({ state: 'queued', error });
    expect(bench.rung).toEqual([]);
  });

  test('row 3: gives up on what is killed for its size after two attempts', async () => {
    const bench = await setUp({ refusal: new AppError('resource_limit') });
    expect(await bench.job(await bench.work())).toMatchObject({ state: 'queued', attempt: 1 });
    await expect(bench.claim()).rejects.toThrow('nothing to claim');
    bench.clock.advance(5_000);
    expect(await bench.job(await bench.work())).toMatchObject({
      state: 'failed',
      attempt: 2,
      error: { code: 'resource_limit', message: sentence.resource_limit },
    });
  });

  test('row 3: counts what kills an attempt apart from what the machines are to blame for', async () => {
    const bench = await setUp();
    const failing = async (code: ErrorCode) => {
      bench.clock.advance(300_000);
      const { transcoder, sources } = createFakeMedia({ refusal: new AppError(code) });
      return bench.job(await bench.work({ transcoder, sources }));
    };
    await failing('storage');
    await failing('internal');

    expect(await failing('resource_limit')).toMatchObject({ state: 'queued', attempt: 3 });
    expect(await failing('timeout')).toMatchObject({ state: 'failed', attempt: 4 });
  });

  test('row 4: ends an attempt that hangs', async () => {
    const bench = await setUp({ hangs: true });
    const work = bench.work();
    await untilDecoding(bench);
    bench.clock.advance(limits.timeoutSeconds * 1_000);
    expect(await bench.job(await work)).toMatchObject({ error: { code: 'timeout' } });
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test('tells progress with each heartbeat', async () => {
    const bench = await setUp({ hangs: true });
    const shares: number[] = [];
    const stop = new AbortController();
    const heartbeat: JobClaims['heartbeat'] = (_lease, _seconds, share) => {
      if (shares.push(share) === 20) stop.abort(new Stopped());
      return Promise.resolve(true);
    };
    await bench.work({ claims: { ...bench.store.jobClaims, heartbeat } }, stop.signal);
    expect(shares.at(-1)).toBe(0.5);
  });

  test('row 34: gives the job back with its attempt when it is told to end', async () => {
    const bench = await setUp({ hangs: true });
    const stop = new AbortController();
    const work = bench.work({}, stop.signal);
    await untilDecoding(bench);
    stop.abort(new Stopped());
    const claim = await work;
    expect(await bench.job(claim)).toMatchObject({ state: 'queued', attempt: 0, error: undefined });
    expect(bench.rung.map(({ event }) => event.type)).toEqual(['video_uploaded']);
    expect(await bench.mp3(claim)).toBeUndefined();
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test('lets go of a job that its owner cancels', async () => {
    const bench = await setUp({ hangs: true });
    const work = bench.work();
    await untilDecoding(bench);
    await bench.cancel();
    const claim = await work;
    expect(await bench.job(claim)).toMatchObject({ state: 'cancelled', attempt: 1 });
    expect(await bench.mp3(claim)).toBeUndefined();
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test('lets go when the store does not answer for as long as the lease lasts', async () => {
    const bench = await setUp({ hangs: true });
    const claim = await bench.work({
      claims: { ...bench.store.jobClaims, heartbeat: unavailable },
    });
    expect(await bench.job(claim)).toMatchObject({ state: 'running', attempt: 1 });
    expect(bench.media.open).toMatchObject({ sources: 0, decoders: 0 });
  });

  test('row 30: removes its candidate when somebody else has the job', async () => {
    const bench = await setUp();
    const claims = { ...bench.store.jobClaims, publish: () => Promise.resolve(undefined) };
    const claim = await bench.work({ claims });
    expect(await bench.mp3(claim)).toBeUndefined();
    expect(bench.rung).toEqual([]);
  });

  test('row 30: leaves a candidate with a checkpoint to the sweep, somebody may be reading it', async () => {
    const bench = await setUp({ seconds: 200, promised: { seconds: 200, by: 'track' } });
    const claims = { ...bench.store.jobClaims, publish: () => Promise.resolve(undefined) };
    const often = { ...limits, checkpointSeconds: 0, segmentedFromSeconds: 10 };
    const claim = await bench.work({ claims, limits: often });
    expect(await bench.mp3(claim)).toBeDefined();
  });

  test('row 19: asks again when the reply to publish is lost', async () => {
    const bench = await setUp();
    let replies = 0;
    const publish: JobClaims['publish'] = async (...args) => {
      const published = await bench.store.jobClaims.publish(...args);
      replies += 1;
      return replies === 1 ? unavailable() : published;
    };
    const claim = await bench.work({ claims: { ...bench.store.jobClaims, publish } });
    expect(await bench.job(claim)).toMatchObject({ state: 'done' });
    expect(await bench.mp3(claim)).toBeDefined();
    expect(bench.rung).toHaveLength(1);
  });

  test('row 19: deletes nothing when it never learns whether it published', async () => {
    const bench = await setUp();
    const publish: JobClaims['publish'] = async (...args) => {
      await bench.store.jobClaims.publish(...args);
      return unavailable();
    };
    const claim = await bench.work({ claims: { ...bench.store.jobClaims, publish } });
    expect(await bench.job(claim)).toMatchObject({ state: 'done' });
    expect(await bench.mp3(claim)).toBeDefined();
  });
});

function unavailable(): Promise<never> {
  return Promise.reject(new AppError('unavailable'));
}

async function untilDecoding({ media }: Bench): Promise<void> {
  while (media.open.decoders === 0) await new Promise((resolve) => setImmediate(resolve));
}
