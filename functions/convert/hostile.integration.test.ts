import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import type { FileStore, SourceServer, Transcoder } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { createSilentLog } from '#shared/testing/log.fake';
import { claimNext, queueVideo, realClock } from '#shared/testing/queued-video';
import { createFakeStore } from '#shared/testing/store.fake';
import * as bombs from '../../scripts/testing/bombs.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import { convertJob } from './convert-job.ts';
import { EncoderSlots } from './encoder-slots.ts';

const run = promisify(execFile);
const memoryBytes = 1024 ** 3;
const limits = {
  ...{ leaseSeconds: 60, heartbeatMs: 200, checkpointSeconds: 10, segmentedFromSeconds: 60 },
  ...{ maxSeconds: 100, timeoutSeconds: 90 },
};
/** For what only ends by it. */
const shortTimeoutSeconds = 5;
const slots = new EncoderSlots(availableParallelism());

let folder = '';
let sources: SourceServer & { close(): Promise<void> };
let transcoder: Transcoder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-test-'));
  await chmod(folder, 0o755);
  sources = await createSourceServer();
}, 60_000);
afterAll(async () => {
  await sources.close();
  await rm(folder, { recursive: true });
});

async function useFfmpeg(ffmpegPath: string): Promise<void> {
  transcoder = await createTranscoder({
    ...{ ffmpegPath, ffprobePath: '/usr/bin/ffprobe' },
    limits: { memoryBytes, cpuSeconds: 60 },
    log: createSilentLog(),
  });
}

/** A file that is made while it is read: `piece` over and over, after `head`. */
interface Endless {
  readonly head: Buffer;
  readonly piece: Buffer;
  readonly bytes: number;
}

/** Everything around one video but ffmpeg is in memory. */
async function setUp(video: Buffer | Endless, timeoutSeconds = limits.timeoutSeconds) {
  let aheadMs = 0;
  const store = createFakeStore({ now: () => Date.now() + aheadMs });
  const real = createFakeFileStore();
  const isWhole = Buffer.isBuffer(video);
  const { ownerId, id } = await queueVideo(
    { store, files: real },
    once(isWhole ? video : Buffer.of(0)),
    { options: { bitrate: 192 }, ...(!isWhole && { saidBytes: video.bytes }) },
  );
  const files = isWhole ? real : withEndless(real, video);
  const convert = convertJob({
    ...{ claims: store.jobClaims, files, sources, transcoder, slots, clock: realClock },
    ...{ ring: () => Promise.resolve(), random: () => 0.5, log: createSilentLog() },
    limits: { ...limits, timeoutSeconds },
  });
  let outputFileId = '';
  return {
    async work() {
      const claim = await claimNext({ store, files });
      ({ outputFileId } = claim.lease);
      await convert(claim, new AbortController().signal);
      aheadMs += 600_000;
      return store.jobShelf.find(ownerId, id);
    },
    mp3: async () => Buffer.concat(await Array.fromAsync(real.read('mp3s', outputFileId))),
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

function withEndless(files: FileStore, { head, piece, bytes }: Endless): FileStore {
  const at = (from: number, to: number) => {
    if (from < head.length) return head.subarray(from, to);
    const start = (from - head.length) % piece.length;
    return piece.subarray(start, start + to - from);
  };
  return {
    ...files,
    info: async (bucket, id) => {
      const info = await files.info(bucket, id);
      return info && bucket === 'videos' ? { ...info, bytes } : info;
    },
    async *read(bucket, id, range = { start: 0, end: bytes }, signal) {
      if (bucket !== 'videos') {
        yield* files.read(bucket, id, range, signal);
        return;
      }
      for (let from = range.start; from < range.end;) {
        signal?.throwIfAborted();
        const got = at(from, range.end);
        from += got.length;
        yield got;
      }
    },
  };
}

/** ffmpegs of this process, and what each holds in memory. */
async function ffmpegs(): Promise<{ name: string; bytes: number }[]> {
  const { stdout } = await run('ps', ['-o', 'comm=,rss=', '--ppid', String(process.pid)]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('ff'));
  return lines.map((line) => {
    const [name = '', kib = '0'] = line.split(/\s+/);
    return { name, bytes: Number(kib) * 1024 };
  });
}

/** Works on a hostile video and, beside it, on an honest one that must not notice. */
async function convertBeside(video: Buffer | Endless, timeoutSeconds?: number) {
  const honest = await setUp(await readFile(await mediaFile('sound.flac')));
  const bench = await setUp(video, timeoutSeconds);
  let peak = 0;
  const watch = setInterval(() => {
    void ffmpegs().then((all) => {
      peak = Math.max(peak, ...all.map(({ bytes }) => bytes));
    });
  }, 100);
  const neighbour = honest.work();
  const job = await bench.work();
  clearInterval(watch);
  expect(await neighbour).toMatchObject({ state: 'done' });
  expect(peak).toBeLessThan(memoryBytes);
  return { bench, job, peak };
}

/** Names in the temporary folder that are ours, besides the folder of what is kept. */
async function temporaryFiles(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^v2m-(?!ffmpeg-)/.test(name));
}

let before: readonly string[] = [];
beforeEach(async () => {
  before = await temporaryFiles();
});
afterEach(async () => {
  expect(await ffmpegs()).toEqual([]);
  expect(await temporaryFiles()).toEqual(before);
});

describe('a bomb', () => {
  beforeAll(() => useFfmpeg('/usr/bin/ffmpeg'), 60_000);

  test.each<[string, () => Promise<Buffer | Endless>]>([
    ['ten hours of silence', () => bombs.silentFlac(folder, false)],
    ['ten hours of silence, of unknown length', () => bombs.silentFlac(folder, true)],
    ['an endless MP3', () => endless('sound.mp3')],
    ['an Ogg chain without end', () => endless('sound.ogg')],
    ['a WAV of unknown length', () => Promise.resolve(endlessWav())],
    ['silence that is packed a thousandfold', () => Promise.resolve(bombs.packedMkv(900_000))],
  ])(
    'row 50: %s is too long, long before the time is over',
    async (_what, make) => {
      const { job } = await convertBeside(await make());
      expect(job).toMatchObject({ state: 'failed', error: { code: 'too_long' } });
    },
    240_000,
  );

  test.each<[string, () => Buffer]>([
    ['a film with a million tracks', bombs.manyTracksMov],
    ['a Matroska file with a million tracks', bombs.manyTracksMkv],
    // ffmpeg finds no memory for such a packet, and says neither a word nor a sample.
    ['silence in blocks of 9 MB', () => bombs.packedMkv(9_000_000)],
  ])(
    'row 50: %s is given up at once',
    async (_what, make) => {
      const { job } = await convertBeside(make());
      expect(['not_media', 'no_audio', 'resource_limit', 'truncated']).toContain(job?.error?.code);
    },
    240_000,
  );

  test('rows 50 and 51: pictures of 256 megapixels are never decoded', async () => {
    const { job, peak } = await convertBeside(bombs.hugePicture(16_000));
    expect(job).toMatchObject({ state: 'done', receipt: { decodedSeconds: 2 } });
    expect(peak).toBeLessThan(200 * 1024 ** 2);
  }, 120_000);

  test('row 50: pictures larger than ffmpeg knows are refused', async () => {
    const { job, peak } = await convertBeside(bombs.hugePicture(32_768));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'not_media' } });
    expect(peak).toBeLessThan(200 * 1024 ** 2);
  }, 120_000);
});

describe('what else a film may carry', () => {
  beforeAll(() => useFfmpeg('/usr/bin/ffmpeg'), 60_000);

  test('row 51: attachments and data stay where they are', async () => {
    const [script, path] = [join(folder, 'evil.sh'), join(folder, 'laden.mkv')];
    await writeFile(script, '#!/bin/sh\nexit 1\n');
    await run('ffmpeg', [
      ...['-v', 'error', '-y', '-i', await mediaFile('film.mkv'), '-map', '0', '-c', 'copy'],
      ...['-attach', script, '-metadata:s:t', 'mimetype=text/x-sh', path],
    ]);
    const film = await readFile(path);
    await Promise.all([rm(script), rm(path)]);
    const here = await readdir('.');
    const { bench, job } = await convertBeside(film);
    expect(job).toMatchObject({ state: 'done' });
    expect((await bench.mp3()).includes('#!/bin/sh')).toBe(false);
    expect(await readdir('.')).toEqual(here);
  }, 60_000);

  test('row 52: texts arrive as texts, and only those that an MP3 is to have', async () => {
    const path = join(folder, 'texts.mkv');
    const injection = 'ID3\u0004TPE1<script>alert(1)</script>';
    await run('ffmpeg', [
      ...['-v', 'error', '-y', '-i', await mediaFile('film.mkv'), '-c', 'copy'],
      ...['-metadata', `title=${injection}`, '-metadata', 'evil=canary', path],
    ]);
    const { bench, job } = await convertBeside(await readFile(path));
    await rm(path);
    expect(job).toMatchObject({ state: 'done' });
    const saved = join(folder, 'texts.mp3');
    const mp3 = await bench.mp3();
    await writeFile(saved, mp3);
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-of', 'json', '-show_entries', 'format_tags', saved],
    ]);
    const { format } = JSON.parse(stdout) as { format: { tags: Record<string, string> } };
    expect(format.tags['title']).toContain('<script>');
    expect(format.tags['artist']).toBeUndefined();
    expect(mp3.includes('canary')).toBe(false);
  }, 60_000);
});

describe('an ffmpeg that a file brings down', () => {
  /** ffmpeg, except for films in Matroska. */
  async function faulty(name: string, fault: string): Promise<string> {
    const path = join(folder, name);
    const text = `#!/bin/sh\ncase "$*" in *"-f matroska"*) ${fault};; esac\nexec ffmpeg "$@"\n`;
    await writeFile(path, text.replace('exec ffmpeg', 'exec /usr/bin/ffmpeg'), { mode: 0o755 });
    return path;
  }

  test.each([
    ['row 32: crashes', 'kill -ABRT $$', 'resource_limit', limits.timeoutSeconds],
    ['row 4: hangs', 'exec /bin/sleep 1000', 'timeout', shortTimeoutSeconds],
  ])(
    '%s: is tried twice and given up',
    async (_what, fault, code, timeoutSeconds) => {
      await useFfmpeg(await faulty(`ffmpeg-${code}`, fault));
      const film = await readFile(await mediaFile('film.mkv'));
      const { bench, job } = await convertBeside(film, timeoutSeconds);
      expect(job).toMatchObject({ state: 'queued', attempt: 1, error: { code } });
      expect(await bench.work()).toMatchObject({ state: 'failed', attempt: 2, error: { code } });
    },
    240_000,
  );
});

async function endless(name: 'sound.mp3' | 'sound.ogg'): Promise<Endless> {
  const piece = await readFile(await mediaFile(name));
  return { head: Buffer.of(), piece, bytes: piece.length * 1_000 };
}

/** Recorders that cannot seek back leave all ones for the length; an hour of it lies behind. */
function endlessWav(): Endless {
  const head = Buffer.alloc(44);
  head.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1');
  head.writeUInt32LE(16, 16);
  head.set([1, 0, 1, 0], 20);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.set([1, 0, 8, 0], 32);
  head.write('data\xff\xff\xff\xff', 36, 'latin1');
  return { head, piece: Buffer.alloc(65_536, 128), bytes: 44 + 3_600 * 8_000 };
}
