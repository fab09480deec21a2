import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import type { ConversionOptions } from '#shared/contracts/options';
import type { SourceRequest, SourceServer, Transcoder } from '#shared/core/ports';
import { containerOf } from '#shared/core/signature';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { claimNext, queueVideo, realClock } from '#shared/testing/queued-video';
import { createSilentLog } from '#shared/testing/log.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import { mediaFile } from '../../scripts/testing/media.ts';
import type { MediaName } from '../../scripts/testing/media.ts';
import { convertJob } from './convert-job.ts';
import { EncoderSlots } from './encoder-slots.ts';
import { planFor } from './plan.ts';
import { openSound } from './sound.ts';

jest.setTimeout(60_000);
const run = promisify(execFile);
const maxBuffer = 64 * 1024 * 1024;
const limits = {
  ...{ leaseSeconds: 60, heartbeatMs: 200, checkpointSeconds: 10, timeoutSeconds: 120 },
  ...{ segmentedFromSeconds: 180, maxSeconds: 3_600 },
};

let folder = '';
let transcoder: Transcoder;
let sources: SourceServer & { close(): Promise<void> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'options-test-'));
  sources = await createSourceServer();
  transcoder = await createTranscoder({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', log: createSilentLog() },
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 60, uid: process.getuid?.() ?? 0 },
  });
});
afterAll(async () => {
  await sources.close();
  await rm(folder, { recursive: true });
});

async function make(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...args, path]);
  return path;
}

async function serve(path: string): Promise<SourceRequest> {
  const content = await readFile(path);
  const container = containerOf(content.subarray(0, 4_096));
  if (!container) throw new Error(`${path} is of no container`);
  const { url } = await sources.serve({
    bytes: content.length,
    async *read({ start, end }) {
      await Promise.resolve();
      yield content.subarray(start, end);
    },
  });
  return { url, container, signal: new AbortController().signal };
}

/** The samples that the encoder would be given. */
async function samplesOf(path: string, options: ConversionOptions): Promise<Float32Array> {
  const source = await serve(path);
  const probe = await transcoder.probe(source);
  const stored = { fileId: 'f', name: 'n', bytes: 1, sha256: 'x' };
  const plan = planFor(probe, { options, source: stored }, { ...limits, encoders: 2 }, 'x');
  const { pcm } = openSound(
    { transcoder, limits },
    { ...source, plan, onProgress: () => undefined },
  );
  return floats(Buffer.concat(await Array.fromAsync(pcm)));
}

/** What ffmpeg itself makes of the first sound track. */
async function decoded(path: string, rate: number, channels: number): Promise<Float32Array> {
  const shape = ['-ac', String(channels), '-ar', String(rate), '-f', 'f32le', '-'];
  const args = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0', ...shape];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer });
  return floats(stdout);
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

const peak = (samples: Float32Array) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** A whole conversion; everything around the video but ffmpeg is in memory. */
async function convert(path: string, options: ConversionOptions) {
  const store = createFakeStore();
  const files = createFakeFileStore();
  const { ownerId, id } = await queueVideo({ store, files }, createReadStream(path), { options });
  const claim = await claimNext({ store, files });
  const { outputFileId } = claim.lease;
  const work = convertJob({
    ...{ claims: store.jobClaims, files, sources, transcoder, limits, log: createSilentLog() },
    ...{ slots: new EncoderSlots(2), ring: () => Promise.resolve(), random: () => 0.5 },
    clock: realClock,
  });
  await work(claim, new AbortController().signal);
  const job = await store.jobShelf.find(ownerId, id);
  const mp3 = join(folder, `${id}.mp3`);
  if (job?.result) {
    await writeFile(mp3, Buffer.concat(await Array.fromAsync(files.read('mp3s', outputFileId))));
  }
  return { job, mp3 };
}

describe('a part of a sound', () => {
  test.each<[MediaName, number, number]>([
    ['index-last.mp4', 44_100, 2],
    ['film.mkv', 44_100, 2],
    ['film.webm', 48_000, 1],
    ['film.flv', 44_100, 1],
    ['film.avi', 44_100, 1],
    ['sound.flac', 44_100, 1],
    ['sound.ogg', 44_100, 1],
    ['low-rate.wav', 44_100, 1],
  ])('of %s is the same samples as in the whole', async (name, rate, channels) => {
    const video = await mediaFile(name);
    const whole = await decoded(video, rate, channels);
    const part = await samplesOf(video, { start: 1.234_567, end: 3.456_789 });
    const [from, until] = [1.234_567, 3.456_789].map((s) => Math.round(s * rate) * channels);
    expect(part.length).toBe((until ?? 0) - (from ?? 0));
    expect(Buffer.from(part.buffer).equals(Buffer.from(whole.slice(from, until).buffer))).toBe(
      true,
    );
  });

  test('becomes an MP3 of exactly as many', async () => {
    const { job, mp3 } = await convert(await mediaFile('film.mkv'), { start: 0.5, end: 2.000_01 });
    const samples = 88_200 - 22_050;
    expect(job).toMatchObject({
      state: 'done',
      result: { durationSeconds: samples / 44_100 },
      receipt: { promisedSeconds: 2, samples, warnings: [] },
    });
    expect(await decoded(mp3, 44_100, 1)).toHaveLength(samples);
  });

  test('is shorter where the sound ends before, and says so', async () => {
    const { job } = await convert(await mediaFile('sound.flac'), { start: 5, end: 60 });
    expect(job).toMatchObject({
      state: 'done',
      receipt: { samples: 44_100, warnings: [{ code: 'short_of_end' }] },
    });
  });

  test('fails for good where there is no sound', async () => {
    const { job } = await convert(await mediaFile('sound.flac'), { start: 6 });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'impossible_options' } });
  });
});

describe('a sound that starts 1.5 s late', () => {
  const onset = (samples: Float32Array) => samples.findIndex((x) => Math.abs(x) > 0.3);
  const late = (name: string, picture: string, sound: string) =>
    make(
      `late-${name}`,
      ...['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=25:duration=4', '-itsoffset', '1.5'],
      ...['-f', 'lavfi', '-i', "aevalsrc='if(lt(t,0.01),0.9,0.001)':s=48000:d=2.5"],
      ...['-c:v', picture, '-c:a', sound],
    );

  test.each([
    ['a.mp4', 'libx264', 'aac', 72_000],
    ['a.mkv', 'libx264', 'aac', 72_000],
    ['b.mkv', 'libx264', 'ac3', 72_000],
    ['c.mkv', 'libx264', 'libmp3lame', 72_000],
    ['a.mov', 'libx264', 'pcm_s16le', 72_000],
    // ffmpeg forgets the pre-skip when it writes.
    ['a.webm', 'libvpx', 'libopus', 72_000 - 312],
    ['a.ts', 'libx264', 'aac', 72_000],
    ['a.flv', 'flv', 'aac', 72_000],
  ])('keeps its place in %s (%s, %s) to a millisecond', async (name, picture, sound, place) => {
    const options = { sampleRate: 48_000 };
    const samples = await samplesOf(await late(name, picture, sound), options);
    expect(Math.abs(onset(samples) - place)).toBeLessThanOrEqual(48);
    expect(peak(samples.subarray(0, 70_000))).toBe(0);
  });

  test('is cut on the film’s timeline, and says what is in front', async () => {
    const film = await late('cut.mov', 'libx264', 'pcm_s16le');
    const { job } = await convert(film, { start: 1, end: 3 });
    expect(job).toMatchObject({
      state: 'done',
      receipt: { samples: 96_000, warnings: [{ code: 'late_start' }] },
    });
    expect(onset(await samplesOf(film, { start: 1, end: 3 }))).toBe(24_000);
  });
});

describe('a film whose clock stands at 10 s when it begins', () => {
  const chapterLines = (start: number, end: number, title: string) =>
    `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`;

  /** Of 6 s, with a click where the second chapter begins, 2 s from the beginning. */
  async function film(name: string): Promise<string> {
    const chapters = join(folder, 'chapters.txt');
    const lines = chapterLines(10_000, 12_000, 'one') + chapterLines(12_000, 16_000, 'two');
    await writeFile(chapters, `;FFMETADATA1\n${lines}`);
    return make(
      name,
      ...['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=6'],
      ...['-f', 'lavfi', '-i', "aevalsrc='if(gte(t,2)*lt(t,2.01),0.9,0.001)':s=48000:d=6"],
      ...['-i', chapters, '-map', '0', '-map', '1', '-map_chapters', '2'],
      ...['-c:v', 'libx264', '-c:a', 'alac', '-output_ts_offset', '10'],
    );
  }

  async function chaptersOf(mp3: string) {
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', mp3]);
    const { chapters } = JSON.parse(stdout) as {
      chapters: { start_time: string; end_time: string }[];
    };
    return chapters.map(({ start_time, end_time }) => [Number(start_time), Number(end_time)]);
  }

  test.each(['ten.mkv', 'ten.mp4', 'ten.mov'])(
    'has its chapters where the sound of %s has them',
    async (name) => {
      const video = await film(name);
      const whole = await convert(video, {});
      expect(whole.job).toMatchObject({ state: 'done' });
      expect(await chaptersOf(whole.mp3)).toEqual([
        [0, 2],
        [2, 6],
      ]);
      const samples = await decoded(whole.mp3, 48_000, 1);
      const click = samples.findIndex((x) => Math.abs(x) > 0.3);
      expect(Math.abs(click / 48_000 - 2)).toBeLessThan(0.005);
      const part = await convert(video, { start: 1.5, end: 5 });
      expect(await chaptersOf(part.mp3)).toEqual([
        [0, 0.5],
        [0.5, 3.5],
      ]);
    },
  );
});

describe('a film with several sound tracks', () => {
  let film = '';
  beforeAll(async () => {
    film = await make(
      'tracks.mkv',
      ...['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=2'],
      ...['-f', 'lavfi', '-i', 'sine=d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
      ...['-map', '0', '-map', '1', '-map', '2', '-c:a:0', 'aac', '-c:a:1', 'ac3', '-ac:a:1', '2'],
      ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:0', 'title=Kommentar'],
      ...[
        '-metadata:s:a:1',
        'language=eng',
        '-disposition:a:0',
        '0',
        '-disposition:a:1',
        'default',
      ],
    );
  });

  const tracks = [
    { number: 1, codec: 'aac', channels: 1, language: 'ger', title: 'Kommentar' },
    { number: 2, codec: 'ac3', channels: 2, language: 'eng', title: null },
  ];

  test.each<[ConversionOptions, number, string]>([
    [{}, 2, 'ac3'],
    [{ track: 1 }, 1, 'aac'],
    [{ track: 'de' }, 1, 'aac'],
    [{ track: 'EN' }, 2, 'ac3'],
  ])('asked for %j gives track %i, and lists all', async (options, track, codec) => {
    const { job } = await convert(film, options);
    expect(job).toMatchObject({
      state: 'done',
      receipt: { track, codec, channels: track, tracks, container: 'matroska' },
    });
  });

  test('has none in French, and says what it has', async () => {
    const { job } = await convert(film, { track: 'fr' });
    expect(job).toMatchObject({
      ...{ state: 'failed', attempt: 1 },
      error: {
        code: 'no_such_track',
        message: 'There is no sound track fr in this video. It has: 1 ger “Kommentar”, 2 eng.',
      },
    });
  });
});

describe('the shape of an MP3', () => {
  test.each<[number, 1 | 2, ConversionOptions]>([
    [8_000, 1, {}],
    [11_025, 2, { bitrate: 8 }],
    [12_000, 2, { quality: 4 }],
    [16_000, 1, { bitrate: 160 }],
    [22_050, 2, {}],
    [24_000, 1, { quality: 0 }],
    [32_000, 2, { bitrate: 320 }],
    [44_100, 1, { quality: 9 }],
    [48_000, 2, { bitrate: 32 }],
  ])('is %i Hz and %i channels as asked for, with %j', async (sampleRate, channels, more) => {
    const video = await mediaFile('index-last.mp4');
    const { job, mp3 } = await convert(video, { sampleRate, channels, ...more });
    expect(job).toMatchObject({ state: 'done', receipt: { sampleRate, channels } });
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=sample_rate,channels', '-of', 'csv=p=0', mp3],
    ]);
    expect(stdout.trim()).toBe(`${sampleRate},${channels}`);
    const samples = await decoded(mp3, sampleRate, 1);
    expect(samples).toHaveLength(job?.receipt?.samples ?? 0);
    expect((await decoded(video, sampleRate, 1)).length).toBe(samples.length);
  });

  test('tells that more than 48 kHz were resampled', async () => {
    const { job } = await convert(await mediaFile('high-rate.wav'), {});
    expect(job?.receipt).toMatchObject({ sampleRate: 48_000, warnings: [{ code: 'resampled' }] });
  });
});

describe('the mix of channels', () => {
  const onlyIn = (channel: string) =>
    make(
      `${channel}.wav`,
      ...['-f', 'lavfi', '-i', 'sine=d=1:sample_rate=48000', '-af'],
      ...[`volume=0.5/0.125,pan=5.1|${channel}=c0`, '-c:a', 'pcm_f32le'],
    );

  test.each([
    ['FL', 0.5, 0],
    ['FR', 0, 0.5],
    ['FC', 0.354, 0.354],
    ['LFE', 0, 0],
    ['BL', 0.354, 0],
  ])('of 5.1 to stereo takes %s as BS.775 has it', async (channel, left, right) => {
    const samples = await samplesOf(await onlyIn(channel), {});
    expect(peak(samples.filter((_, at) => at % 2 === 0))).toBeCloseTo(left, 2);
    expect(peak(samples.filter((_, at) => at % 2 === 1))).toBeCloseTo(right, 2);
  });

  test('to mono is the mean, so that nothing clips', async () => {
    const loud = await make(
      'loud.wav',
      ...['-f', 'lavfi', '-i', 'sine=d=1:sample_rate=48000', '-af'],
      ...['volume=8,pan=stereo|c0=c0|c1=c0', '-c:a', 'pcm_f32le'],
    );
    expect(peak(await samplesOf(loud, { channels: 1 }))).toBeCloseTo(1, 2);
  });

  test('is told of', async () => {
    const { job } = await convert(await mediaFile('surround.mkv'), {});
    expect(job?.receipt).toMatchObject({ channels: 2, warnings: [{ code: 'downmixed' }] });
  });
});
