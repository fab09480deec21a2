import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import type { ConversionOptions } from '#shared/contracts/options';
import type { Job } from '#shared/core/job';
import type { SourceServer, Transcoder } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { claimNext, queueVideo, realClock } from '#shared/testing/queued-video';
import { createSilentLog } from '#shared/testing/log.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import { halfOf, mediaFile, textFile } from '../../scripts/testing/media.ts';
import type { MediaName } from '../../scripts/testing/media.ts';
import { convertJob } from './convert-job.ts';
import { EncoderSlots } from './encoder-slots.ts';
import { Stopped } from './interruption.ts';

const run = promisify(execFile);
const limits = {
  leaseSeconds: 60,
  heartbeatMs: 200,
  checkpointSeconds: 10,
  segmentedFromSeconds: 180,
  maxSeconds: 36_000,
  timeoutSeconds: 120,
};
const bitrate = 192 as const;

let folder = '';
let transcoder: Transcoder;
let sources: SourceServer & { close(): Promise<void> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-test-'));
  sources = await createSourceServer();
  transcoder = await createTranscoder({
    ffmpegPath: '/usr/bin/ffmpeg',
    ffprobePath: '/usr/bin/ffprobe',
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 60 },
    log: createSilentLog(),
  });
}, 60_000);
afterAll(async () => {
  await sources.close();
  await rm(folder, { recursive: true });
});

/** Everything around one video but ffmpeg is in memory. */
async function setUp(video: string, options: ConversionOptions = { bitrate }) {
  const store = createFakeStore();
  const files = createFakeFileStore();
  const { ownerId, id } = await queueVideo({ store, files }, createReadStream(video), { options });
  const claim = await claimNext({ store, files });
  const { outputFileId } = claim.lease;
  const convert = convertJob({
    ...{ claims: store.jobClaims, files, sources, transcoder, limits, log: createSilentLog() },
    slots: new EncoderSlots(2),
    ring: () => Promise.resolve(),
    clock: realClock,
    random: () => 0.5,
  });
  return {
    work: (stopping = new AbortController().signal) => convert(claim, stopping),
    job: () => store.jobShelf.find(ownerId, id),
    cancel: () => store.jobShelf.cancel(ownerId, id),
    info: () => files.info('mp3s', outputFileId),
    async save(name: string): Promise<string> {
      const path = join(folder, `${name}.mp3`);
      await writeFile(path, Buffer.concat(await Array.fromAsync(files.read('mp3s', outputFileId))));
      return path;
    },
  };
}

async function convertFile(video: string): Promise<Job | undefined> {
  const bench = await setUp(video);
  await bench.work();
  return bench.job();
}

/** Samples per channel that ffmpeg itself decodes from a file, at the rate of the MP3. */
async function decodedSamples(path: string, sampleRate: number): Promise<number> {
  const args = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0', '-ac', '1'];
  const child = spawn('ffmpeg', [...args, '-ar', String(sampleRate), '-f', 's16le', '-']);
  let bytes = 0;
  child.stdout.on('data', (piece: Buffer) => (bytes += piece.length));
  await once(child, 'close');
  return bytes / 2;
}

async function probedSeconds(path: string): Promise<number> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'a', '-of', 'csv=p=0'],
    ...['-show_entries', 'stream=duration', path],
  ]);
  return Number(stdout);
}

/** Processes whose parent is this one. */
async function children(): Promise<string[]> {
  const { stdout } = await run('ps', ['-o', 'comm=', '--ppid', String(process.pid)]);
  return stdout.split('\n').filter((name) => name.startsWith('ff'));
}

describe('a video with sound', () => {
  test.each<[MediaName, number, number]>([
    ['index-first.mp4', 44_100, 2],
    ['index-last.mp4', 44_100, 2],
    ['fragmented.mp4', 44_100, 1],
    ['film.mkv', 44_100, 2],
    ['live.mkv', 44_100, 1],
    ['film.webm', 48_000, 1],
    ['film.mov', 44_100, 1],
    ['film.avi', 44_100, 1],
    ['film.flv', 44_100, 1],
    ['film.ts', 44_100, 1],
    ['film.wmv', 44_100, 1],
    ['surround.mkv', 44_100, 2],
    ['sound.m4a', 44_100, 1],
    ['sound.wav', 44_100, 1],
    ['sound.flac', 44_100, 1],
    ['sound.ogg', 44_100, 1],
    ['sound.caf', 44_100, 1],
    ['sound.mp3', 44_100, 1],
    ['high-rate.wav', 48_000, 1],
    ['low-rate.wav', 44_100, 1],
  ])('%s becomes an MP3 of exactly its samples', async (name, sampleRate, channels) => {
    const video = await mediaFile(name);
    const bench = await setUp(video);
    await bench.work();
    const job = await bench.job();
    expect(job).toMatchObject({ state: 'done', receipt: { sampleRate, channels } });
    const mp3 = await bench.save(name);
    const samples = await decodedSamples(video, sampleRate);
    expect(job?.receipt?.samples).toBe(samples);
    expect(await decodedSamples(mp3, sampleRate)).toBe(samples);
    expect(Math.abs((await probedSeconds(mp3)) - samples / sampleRate)).toBeLessThan(0.1);
  });
});

describe('a video that does not say how long its sound is', () => {
  test.each<[MediaName, readonly string[]]>([
    ['live.mkv', ['length_unknown']],
    ['film.mkv', []],
  ])('%s: the receipt warns of %j', async (name, codes) => {
    const job = await convertFile(await mediaFile(name));
    expect(job?.receipt?.warnings?.map(({ code }) => code)).toEqual(codes);
  });
});

describe('a video that cannot become an MP3', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['without sound', () => mediaFile('no-sound.mp4'), 'no_audio'],
    ['that is a text', textFile, 'not_media'],
    ['with nothing behind its signature', emptyMatroska, 'not_media'],
  ])('%s fails with its code', async (_what, make, code) => {
    expect(await convertFile(await make())).toMatchObject({ state: 'failed', error: { code } });
  });

  test.each<[MediaName, string]>([
    ['index-first.mp4', 'truncated'],
    ['index-last.mp4', 'truncated'],
    ['fragmented.mp4', 'truncated'],
    ['film.mkv', 'truncated'],
    ['live.mkv', 'truncated'],
    ['film.webm', 'truncated'],
    ['film.mov', 'truncated'],
    ['film.avi', 'truncated'],
    ['film.flv', 'truncated'],
    ['film.ts', 'truncated'],
    ['film.wmv', 'truncated'],
    ['surround.mkv', 'truncated'],
    ['sound.m4a', 'truncated'],
    ['sound.wav', 'truncated'],
    ['sound.flac', 'damaged'],
    ['sound.ogg', 'truncated'],
    ['sound.caf', 'truncated'],
    ['sound.mp3', 'truncated'],
  ])('half of %s is never done', async (name, code) => {
    expect(await convertFile(await halfOf(name))).toMatchObject({
      state: 'failed',
      error: { code },
      result: undefined,
    });
  });
});

describe('a conversion that is ended', () => {
  test.each([
    ['cancelled', 'cancelled'],
    ['stopped', 'queued'],
  ])('row 54: leaves no process and no file when it is %s', async (how, state) => {
    const bench = await setUp(await mediaFile('sound.flac', 600));
    const stop = new AbortController();
    const work = bench.work(stop.signal);
    await until(async () => (await children()).length === 2);
    const endedAt = performance.now();
    if (how === 'cancelled') await bench.cancel();
    else stop.abort(new Stopped());
    await work;
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    expect(await bench.job()).toMatchObject({ state });
    expect(await bench.info()).toBeUndefined();
    expect(await children()).toEqual([]);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 200) throw new Error('it never came to that');
    await sleep(20);
  }
}

/** A header that says Matroska, and then nothing of the kind. */
async function emptyMatroska(): Promise<string> {
  const path = join(folder, 'empty.mkv');
  const header = Buffer.from(
    '1a45dfa39f4286810142f7810142f2810442f381084282886d6174726f736b61',
    'hex',
  );
  await writeFile(path, Buffer.concat([header, Buffer.alloc(100_000, 0x55)]));
  return path;
}

describe('a video that is cut, where a part is allowed', () => {
  test.each<[MediaName, 'truncated' | 'damaged', number | null]>([
    ['index-first.mp4', 'truncated', 6],
    ['film.mkv', 'truncated', 6],
    ['film.flv', 'truncated', 6],
    ['sound.flac', 'damaged', 6],
    ['sound.mp3', 'truncated', 6],
    // ffmpeg bends what these promise to the bytes that are there.
    ['sound.wav', 'truncated', null],
    ['film.avi', 'truncated', null],
    ['film.ts', 'truncated', null],
    ['sound.ogg', 'truncated', null],
  ])('%s becomes an MP3 of what there is, and says %s', async (name, code, promisedSeconds) => {
    const bench = await setUp(await halfOf(name), { bitrate, allowPartial: true });
    await bench.work();
    const job = await bench.job();
    expect(job).toMatchObject({ state: 'done', result: { degraded: { code } } });
    const { degraded, durationSeconds = 0 } = job?.result ?? {};
    const promised = degraded?.promisedSeconds ?? null;
    expect(promised === null ? null : Math.round(promised)).toBe(promisedSeconds);
    expect(durationSeconds).toBeGreaterThan(1);
    expect(durationSeconds).toBeLessThan(5);
    const mp3 = await bench.save(`part-${name}`);
    expect(await decodedSamples(mp3, 44_100)).toBe(job?.receipt?.samples);
  });

  test('a whole video is plainly done', async () => {
    const bench = await setUp(await mediaFile('film.mkv'), { bitrate, allowPartial: true });
    await bench.work();
    const job = await bench.job();
    expect(job).toMatchObject({ state: 'done', receipt: { options: { allowPartial: true } } });
    expect(job?.result).not.toHaveProperty('degraded');
  });

  test('one of which nothing can be heard fails', async () => {
    const bench = await setUp(await halfOf('index-last.mp4'), { allowPartial: true });
    await bench.work();
    expect(await bench.job()).toMatchObject({ state: 'failed', error: { code: 'truncated' } });
    expect(await bench.info()).toBeUndefined();
  });
});
