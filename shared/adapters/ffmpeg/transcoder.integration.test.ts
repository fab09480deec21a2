import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
let hits = 0;
const listener = createServer((_request, response) => {
  hits += 1;
  response.end();
});

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcoder-test-'));
  sources = await createSourceServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  listener.close();
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

/** Probes and decodes whatever is served; the code of what went wrong. */
async function outcome(transcoder: Transcoder, url: string): Promise<string> {
  try {
    await transcoder.probe({ url, container: 'mp3', signal });
  } catch (error) {
    return String(Reflect.get(error as Error, 'code'));
  }
  return 'read';
}

async function decoded(transcoder: Transcoder, url: string): Promise<number> {
  const shape = {
    url,
    container: 'mp4' as const,
    trackIndex: 0,
    sampleRate: 44_100,
    channels: 1 as const,
    signal,
  };
  const decoding = transcoder.decode(shape);
  let bytes = 0;
  for await (const piece of decoding.pcm) bytes += piece.length;
  await decoding.finished;
  return bytes;
}

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
  });

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

  test.each([
    ['an HLS playlist', (url: string) => `#EXTM3U\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST\n`],
    ['an ffconcat script', (url: string) => `ffconcat version 1.0\nfile ${url}\n`],
    [
      'a DASH manifest',
      (url: string) =>
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>${url}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ],
    ['an SDP description', () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n'],
  ])('row 49: refuses %s and asks nobody', async (_what, script) => {
    hits = 0;
    const { port } = listener.address() as AddressInfo;
    const url = await serve(Buffer.from(script(`http://127.0.0.1:${port}/secret.mp3`)));
    expect(await outcome(transcoder, url)).toBe('not_media');
    await expect(decoded(transcoder, url)).rejects.toMatchObject({ name: 'AppError' });
    expect(hits).toBe(0);
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
