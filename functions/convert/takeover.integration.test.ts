import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import { AppError } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import type {
  ClaimRequest,
  FileStore,
  JobClaims,
  SourceServer,
  Transcoder,
} from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { claimNext, queueVideo, realClock } from '#shared/testing/queued-video';
import { createSilentLog } from '#shared/testing/log.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import { longFile } from '../../scripts/testing/media.ts';
import { convertJob } from './convert-job.ts';
import { EncoderSlots } from './encoder-slots.ts';
import { Stopped } from './interruption.ts';

const leaseSeconds = 60;
const limits = {
  ...{ leaseSeconds, heartbeatMs: 20, checkpointSeconds: 0, segmentedFromSeconds: 10 },
  ...{ maxSeconds: 36_000, timeoutSeconds: 300 },
};
/** Where the workers die, as shares of the MP3: drawn from this seed. */
const seed = 20_261_121;
const shares = drawn(seed, 4);
const never = new AbortController().signal;

let video = '';
let transcoder: Transcoder;
let sources: SourceServer & { close(): Promise<void> };
let whole: NonNullable<Job['result']>;
let wholeMs = 0;

beforeAll(async () => {
  video = await longFile(5);
  sources = await createSourceServer();
  transcoder = await createTranscoder({
    ffmpegPath: '/usr/bin/ffmpeg',
    ffprobePath: '/usr/bin/ffprobe',
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 300, uid: process.getuid?.() ?? 0 },
    log: createSilentLog(),
  });
  const bench = await setUp();
  const startedAt = performance.now();
  await bench.work();
  wholeMs = performance.now() - startedAt;
  const { result } = await bench.job();
  if (!result) throw new Error('The undisturbed run came to nothing.');
  whole = result;
}, 120_000);
afterAll(() => sources.close());

/** Everything around the video but ffmpeg is in memory. */
async function setUp() {
  let passedMs = 0;
  const store = createFakeStore({ now: () => Date.now() + passedMs });
  const files = createFakeFileStore();
  const { ownerId, id } = await queueVideo({ store, files }, createReadStream(video), {
    options: { bitrate: 320 },
  });

  async function work(changes: { claims?: JobClaims; files?: FileStore } = {}, signal = never) {
    const claim = await claimNext({ store, files }, leaseSeconds);
    const convert = convertJob({
      ...{ claims: store.jobClaims, files, sources, transcoder, limits, log: createSilentLog() },
      slots: new EncoderSlots(availableParallelism()),
      ring: () => Promise.resolve(),
      clock: realClock,
      random: () => 0.5,
      ...changes,
    });
    await convert(claim, signal);
    return claim;
  }

  return {
    store,
    files,
    work,
    /** A worker that is gone when its MP3 has so many bytes: nothing it does after that counts. */
    async workUntil(bytes: number) {
      const death = new AbortController();
      const claim = await work(mortal(store.jobClaims, files, bytes, death), death.signal);
      passedMs += (leaseSeconds + 1) * 1_000;
      return claim;
    },
    async job() {
      const job = await store.jobShelf.find(ownerId, id);
      if (!job) throw new Error('The job is gone.');
      return job;
    },
  };
}

function mortal(claims: JobClaims, files: FileStore, bytes: number, death: AbortController) {
  const alive =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A) =>
      death.signal.aborted ? Promise.reject<R>(new AppError('internal')) : call(...args);
  async function* cutShort(body: AsyncIterable<Uint8Array>) {
    let written = 0;
    for await (const piece of body) {
      yield piece;
      written += piece.length;
      if (written < bytes) continue;
      // Long enough for the heartbeat that notes what was stored.
      await sleep(100);
      death.abort(new Stopped());
      return;
    }
  }
  const writeWithHead: FileStore['writeWithHead'] = (bucket, file, body, ...rest) =>
    files.writeWithHead(bucket, file, cutShort(body), ...rest);
  return {
    files: { ...files, writeWithHead },
    claims: {
      claim: alive((request: ClaimRequest) => claims.claim(request)),
      heartbeat: alive((...args: Parameters<JobClaims['heartbeat']>) => claims.heartbeat(...args)),
      publish: alive((...args: Parameters<JobClaims['publish']>) => claims.publish(...args)),
      fail: alive((...args: Parameters<JobClaims['fail']>) => claims.fail(...args)),
      postpone: alive((...args: Parameters<JobClaims['postpone']>) => claims.postpone(...args)),
      giveBack: alive((...args: Parameters<JobClaims['giveBack']>) => claims.giveBack(...args)),
    },
  };
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function drawn(from: number, count: number): number[] {
  let state = from;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  });
}

describe('a conversion whose worker dies', () => {
  test.each(shares)(
    `at %f of the MP3 (seed ${seed}) ends with the bytes of an undisturbed run (reliability 1)`,
    async (share) => {
      const bench = await setUp();
      await bench.workUntil(share * whole.bytes);

      const startedAt = performance.now();
      const { checkpoint } = await bench.work();

      const job = await bench.job();
      console.log(
        `died at ${share.toFixed(2)}, resumed behind segment ${checkpoint?.segments ?? 0} in ` +
          `${((performance.now() - startedAt) / wholeMs).toFixed(2)} of the whole time`,
      );
      expect(job).toMatchObject({
        ...{ state: 'done', attempt: 2 },
        result: { sha256: whole.sha256, bytes: whole.bytes },
        receipt: { resumedSegments: checkpoint?.segments ?? 0 },
      });
    },
    120_000,
  );

  test('again behind its takeover ends with the same bytes, and loses no segment twice', async () => {
    const bench = await setUp();
    await bench.workUntil(0.4 * whole.bytes);
    const second = await bench.workUntil(0.8 * whole.bytes);

    const third = await bench.work();

    expect(second.checkpoint?.segments).toBeGreaterThan(0);
    expect(third.checkpoint?.segments).toBeGreaterThan(second.checkpoint?.segments ?? 0);
    expect(third.checkpoint?.fileId).toBe(second.lease.outputFileId);
    expect(third.job.progress).toBeCloseTo(third.checkpoint?.progress ?? 0);
    const job = await bench.job();
    expect(job).toMatchObject({ attempt: 3, result: { sha256: whole.sha256 } });
  }, 120_000);

  test('and whose checkpoint is damaged begins from zero in the same attempt', async () => {
    const bench = await setUp();
    const { lease } = await bench.workUntil(0.6 * whole.bytes);
    await bench.files.damage('mp3s', lease.outputFileId, 3, 'missing');

    const { checkpoint } = await bench.work();

    expect(checkpoint?.segments).toBeGreaterThan(0);
    expect(await bench.job()).toMatchObject({
      ...{ state: 'done', attempt: 2, receipt: { resumedSegments: 0 } },
      result: { sha256: whole.sha256 },
    });
  }, 120_000);
});
