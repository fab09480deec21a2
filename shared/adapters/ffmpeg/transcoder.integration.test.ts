import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import installedFfmpeg from '@ffmpeg-installer/ffmpeg';
import installedFfprobe from '@ffprobe-installer/ffprobe';

import type { Transcoder } from '#shared/core/ports';
import { createSilentLog } from '#shared/testing/log.fake';
import { mediaFile } from '../../../scripts/testing/media.ts';
import { createSourceServer } from './source-server.ts';
import { createTranscoder } from './transcoder.ts';

const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 60 };
const signal = new AbortController().signal;

let sources: Awaited<ReturnType<typeof createSourceServer>>;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcoder-test-'));
  sources = await createSourceServer();
});
afterAll(async () => {
  await sources.close();
  await rm(folder, { recursive: true });
});

/** npm runs no install script here, so the installer's programs are not executable yet. */
async function executable(program: string): Promise<string> {
  if (!program.includes('/')) return program;
  const path = join(folder, basename(program));
  await copyFile(program, path);
  await chmod(path, 0o755);
  return path;
}

async function serve(content: Buffer): Promise<string> {
  const { url } = await sources.serve({
    bytes: content.length,
    async *read({ start, end }) {
      await Promise.resolve();
      yield content.subarray(start, end);
    },
  });
  return url;
}

test.each([
  [0, []],
  [1_000, [{ missing: ['another user'] }]],
])('as user %i it tells whether ffmpeg is another user', async (uid, told) => {
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(uid);
  const heard: unknown[] = [];
  const log = { ...createSilentLog(), info: (fields: object) => heard.push(fields) };
  await createTranscoder({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', limits, log });
  getuid.mockRestore();
  expect(heard).toEqual(told);
});

describe.each([
  ['the system', 'ffmpeg', 'ffprobe'],
  ['the installer', installedFfmpeg.path, installedFfprobe.path],
])('ffmpeg of %s', (_whose, ffmpegPath, ffprobePath) => {
  let transcoder: Transcoder;
  beforeAll(async () => {
    transcoder = await createTranscoder({
      ffmpegPath: await executable(ffmpegPath),
      ffprobePath: await executable(ffprobePath),
      limits,
      log: createSilentLog(),
    });
  }, 60_000);

  test('reads what a film promises, its picture decoders being refused', async () => {
    const url = await serve(await readFile(await mediaFile('index-last.mp4')));
    await expect(transcoder.probe({ url, container: 'mp4', signal })).resolves.toMatchObject({
      tracks: [
        {
          ...{ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2 },
          promised: { seconds: 6, by: 'track' },
        },
      ],
    });
  });

  test('makes the same frames of the same samples', async () => {
    const encode = async () => {
      const pcm = async function* () {
        await Promise.resolve();
        yield new Uint8Array(44_100 * 4);
      };
      const shape = {
        sampleRate: 44_100,
        channels: 1 as const,
        rate: { kbps: 128 },
        reservoir: true,
        signal,
      };
      return Buffer.concat(await Array.fromAsync(transcoder.encode(shape, pcm())));
    };
    const frames = await encode();
    expect(frames.length).toBeGreaterThan(16_000);
    expect((await encode()).equals(frames)).toBe(true);
  });

  test('row 4: ends at once when it is told to', async () => {
    const stop = new AbortController();
    const url = await serve(await readFile(await mediaFile('sound.wav')));
    const endless = async function* () {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield new Uint8Array(65_536);
      }
    };
    const shape = {
      sampleRate: 44_100,
      channels: 1 as const,
      rate: { kbps: 128 },
      reservoir: true,
      signal: stop.signal,
    };
    setTimeout(() => stop.abort(new Error('enough')), 300);
    await expect(Array.fromAsync(transcoder.encode(shape, endless()))).rejects.toThrow('enough');
    await expect(transcoder.probe({ url, container: 'wav', signal: stop.signal })).rejects.toThrow(
      'enough',
    );
  });
});
