import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ffmpegUid } from '#shared/adapters/ffmpeg/containment';
import { findProgram } from '#shared/adapters/ffmpeg/programs';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import { FrameCounter } from '#shared/core/frame-counter';
import { framesFor } from '#shared/core/mp3';
import type { Mp3Encoding } from '#shared/core/mp3';
import type { Transcoder } from '#shared/core/ports';
import { infoFrame } from '#shared/core/xing';
import { createSilentLog } from '#shared/testing/log.fake';
import { samplesOf, waves } from '#shared/testing/sounds';
import { sized } from '../../scripts/testing/fault-run.ts';
import { encodeSound } from './encode-sound.ts';
import type { EncodedSegments } from './encode-sound.ts';
import { EncoderSlots } from './encoder-slots.ts';

const { signal } = new AbortController();
const longSeconds = sized(100, 3 * 3_600);
/** The shortest segments there are: 98 frames. */
const segmentSeconds = 1;
const spoken: Mp3Encoding = { sampleRate: 44_100, channels: 1, rate: { kbps: 64 } };
const mpg123 = await findProgram('mpg123');

let transcoder: Transcoder;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exactness-test-'));
  transcoder = await createTranscoder({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', log: createSilentLog() },
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 600, uid: ffmpegUid },
  });
});

afterAll(() => rm(folder, { recursive: true }));

/** Five sounds of three seconds each. */
function mixed({ sampleRate, channels }: Mp3Encoding): Float32Array {
  const parts = Object.values(waves).map((wave) =>
    samplesOf(wave, 3 * sampleRate + 7, { sampleRate, channels }),
  );
  return new Float32Array(Buffer.concat(parts.map(({ buffer }) => new Uint8Array(buffer))).buffer);
}

/** In pieces that fit neither samples nor frames. */
async function* pieces(sound: Float32Array): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(sound.buffer);
  for (let at = 0; at < bytes.length; at += 50_001) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 50_001);
  }
}

/** So much of several sounds in turn, without ever holding all of it. */
async function* inTurn(samples: number): AsyncGenerator<Uint8Array> {
  const sounds = [waves.speech, waves.transients, waves.noise];
  const round = Buffer.concat(
    sounds.map((wave) => new Uint8Array(samplesOf(wave, 3 * 44_100 + 7, spoken).buffer)),
  );
  for (let left = samples * Float32Array.BYTES_PER_ELEMENT; left > 0; left -= round.length) {
    yield* pieces(new Float32Array(round.buffer.slice(0, left)));
  }
}

/** How many bytes there are, and their hash. */
async function digestOf(frames: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of frames) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function joined(
  encoding: Mp3Encoding,
  sound: Float32Array,
  from?: EncodedSegments,
): Promise<{ frames: Buffer; ends: EncodedSegments[] }> {
  const ends: EncodedSegments[] = [];
  const { frames } = encodeSound(
    { transcoder, slots: new EncoderSlots(2) },
    encoding,
    pieces(sound),
    { segmentSeconds, signal, from, onSegment: (end) => ends.push(end) },
  );
  return { frames: Buffer.concat(await Array.fromAsync(frames)), ends };
}

async function unbroken(encoding: Mp3Encoding, sound: Float32Array): Promise<Buffer> {
  const request = { ...encoding, reservoir: false, signal };
  return Buffer.concat(await Array.fromAsync(transcoder.encode(request, pieces(sound))));
}

function fileOf(encoding: Mp3Encoding, samples: number, frames: Buffer): Buffer {
  const counter = new FrameCounter();
  counter.push(frames);
  return Buffer.concat([infoFrame(encoding, samples, counter.end()), frames]);
}

/** ffmpeg honours the padding only of a file that it can seek in. */
async function outputOf(words: (path: string) => readonly string[], mp3: Buffer): Promise<Buffer> {
  const path = join(folder, 'sound.mp3');
  await writeFile(path, mp3);
  const [program = '', ...rest] = words(path);
  const options = { encoding: 'buffer', maxBuffer: 1024 ** 3 } as const;
  return (await promisify(execFile)(program, rest, options)).stdout;
}

const decoders = {
  ffmpeg: (path: string) => ['ffmpeg', '-v', 'error', '-i', path, '-f', 's16le', 'pipe:1'],
  mpg123: (path: string) => [mpg123 ?? '', '-q', '-e', 's16', '-s', path],
};

const shapes = [
  [44_100, 2, { kbps: 192 }],
  [44_100, 2, { kbps: 128 }],
  [44_100, 2, { quality: 2 }],
  [44_100, 1, { quality: 0 }],
  [48_000, 2, { kbps: 320 }],
  [48_000, 2, { quality: 0 }],
  [48_000, 1, { quality: 2 }],
  [32_000, 2, { kbps: 64 }],
  [32_000, 1, { quality: 2 }],
  [22_050, 1, { kbps: 56 }],
  [11_025, 2, { kbps: 64 }],
] as const;

describe('segments', () => {
  test.each(shapes)('join to the bytes of one run: %i Hz, %i channels, %o', async (...shape) => {
    const [sampleRate, channels, rate] = shape;
    const encoding = { sampleRate, channels, rate };
    const sound = mixed(encoding);
    const { frames, ends } = await joined(encoding, sound);
    expect(ends.length).toBeGreaterThan(2);
    expect(frames.equals(await unbroken(encoding, sound))).toBe(true);
  });

  test.each([
    ...[1, 2, 575, 1_151, 1_152, 1_153],
    ...[97 * 1_152, 97 * 1_152 + 1, 98 * 1_152, 98 * 1_152 + 1, 100 * 1_152, 100 * 1_152 + 1],
    ...[195 * 1_152, 195 * 1_152 + 1],
  ])('join to the bytes of one run of %i samples', async (samples) => {
    const sound = samplesOf(waves.noise, samples, spoken);
    const { frames, ends } = await joined(spoken, sound);
    expect(ends.at(-1)?.frames).toBe(framesFor(samples, 44_100));
    expect(frames.equals(await unbroken(spoken, sound))).toBe(true);
  });

  test(`join to the bytes of one run of ${longSeconds} s, in the segments of a long video`, async () => {
    const samples = longSeconds * spoken.sampleRate + 1;
    const slots = new EncoderSlots(2);
    const options = { segmentSeconds: 45, signal };
    const sound = encodeSound({ transcoder, slots }, spoken, inTurn(samples), options);
    const request = { ...spoken, reservoir: false, signal };
    const run = digestOf(transcoder.encode(request, inTurn(samples)));
    expect(await digestOf(sound.frames)).toEqual(await run);
    expect(sound.count().frames).toBe(framesFor(samples, spoken.sampleRate));
    expect(sound.count().segments).toBeGreaterThanOrEqual(longSeconds / 46);
  }, 3_600_000);

  test('go on behind any of them with the bytes that are missing', async () => {
    const sound = samplesOf(waves.speech, 400_000, spoken);
    const whole = await joined(spoken, sound);
    expect(whole.ends.map(({ segments }) => segments)).toEqual([1, 2, 3, 4]);
    for (const from of whole.ends) {
      const rest = await joined(spoken, sound, from);
      expect(rest.frames.equals(whole.frames.subarray(from.bytes))).toBe(true);
      expect(rest.ends).toEqual(whole.ends.slice(from.segments));
    }
  });

  // The twin of the tests above: what they compare does depend on what is given up for it.
  test('do not make the bytes of a run with a reservoir', async () => {
    const encoding = { ...spoken, rate: { quality: 2 } };
    const sound = samplesOf(waves.transients, 400_000, encoding);
    const request = { ...encoding, reservoir: true, signal };
    const run = Buffer.concat(await Array.fromAsync(transcoder.encode(request, pieces(sound))));
    expect((await joined(encoding, sound)).frames.equals(run)).toBe(false);
  });
});

describe.each([
  ['ffmpeg', decoders.ffmpeg, true],
  ['mpg123', decoders.mpg123, mpg123 !== undefined],
] as const)('the joined file in %s', (name, words, isThere) => {
  const decode = (mp3: Buffer) => outputOf(words, mp3);
  const testDecoder = isThere ? test : test.skip;
  if (!isThere) console.warn(`skipped: there is no ${name} on this machine`);

  testDecoder.each([
    ...[1, 1_151, 1_152, 1_153, 98 * 1_152, 300_001].map((samples) => [samples, spoken] as const),
    [300_001, { ...spoken, rate: { quality: 2 } }],
    [300_001, { ...spoken, channels: 2, sampleRate: 48_000 }],
    [300_001, { ...spoken, sampleRate: 22_050 }],
  ] as const)('has exactly the %i samples of the sound: %o', async (samples, encoding) => {
    const sound = samplesOf(waves.speech, samples, encoding);
    const { frames } = await joined(encoding, sound);
    const decoded = await decode(fileOf(encoding, samples, frames));
    expect(decoded.length / 2 / encoding.channels).toBe(samples);
  });

  testDecoder('sounds as the unbroken one, to the sample', async () => {
    const encoding: Mp3Encoding = { ...spoken, channels: 2, rate: { quality: 2 } };
    const sound = mixed(encoding);
    const samples = sound.length / 2;
    const [cut, whole] = [(await joined(encoding, sound)).frames, await unbroken(encoding, sound)];
    const [ours, theirs] = [
      await decode(fileOf(encoding, samples, cut)),
      await decode(fileOf(encoding, samples, whole)),
    ];
    expect(ours.equals(theirs)).toBe(true);
  });
});
