import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { AudioTrack } from '#shared/core/media';
import type { Claim, Transcoder } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { createSilentLog } from '#shared/testing/log.fake';
import { type Workshop, openWorkshop } from '../../scripts/testing/ffmpegs.ts';
import { copyWherePossible } from './copy-mp3.ts';

const limits = {
  ...{ leaseSeconds: 60, heartbeatMs: 1_000, checkpointSeconds: 10, segmentedFromSeconds: 60 },
  ...{ maxSeconds: 3_600, timeoutSeconds: 600 },
};

// Each film is made, copied and decoded twice, on machines that do other things beside.
jest.setTimeout(25_000);

let workshop: Workshop;
let transcoder: Transcoder;
beforeAll(async () => {
  workshop = await openWorkshop();
  transcoder = await workshop.transcoder('ffmpeg', 'ffprobe');
});
afterAll(() => workshop.close());

const sound = ['-f', 'lavfi', '-i', 'anoisesrc=amplitude=0.2:sample_rate=44100:duration=3.21'];
const film = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=5:duration=3.21', ...sound];
const lame = ['-c:v', 'mpeg4', '-c:a', 'libmp3lame'];

/** What ffmpeg decodes of a file. */
async function pcmOf(path: string): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [...['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0'], '-f', 'f32le', 'pipe:1'],
    { encoding: 'buffer', maxBuffer: 1e8 },
  );
  return stdout;
}

/** Copies the sound of a file; the MP3, where one was made. */
async function copyOf(path: string, options: Claim['job']['options'] = {}) {
  const files = createFakeFileStore();
  const source = await workshop.serve(path);
  const probe = await transcoder.probe(source);
  const content = await readFile(path);
  const label = { jobId: 'j', ownerId: 'o', contentType: 'video/mp4', name: 'x' };
  const stored = await files.write('videos', { ...label, fileId: files.newFileId() }, [
    content,
  ] as unknown as AsyncIterable<Uint8Array>);
  const outputFileId = files.newFileId();
  const claim = {
    job: { id: 'j', ownerId: 'o', options, source: { ...stored, name: 'x' } },
    lease: { jobId: 'j', token: 1, outputFileId },
  } as unknown as Claim;
  const tag = { bytes: new Uint8Array(), warnings: [] };
  const track = probe.tracks[0] as AudioTrack;
  const made = await copyWherePossible(
    { files, transcoder, limits, log: createSilentLog() },
    claim,
    {
      ...{ source, probe, track, tag, onProgress: () => undefined },
    },
  );
  if (!made) return undefined;
  const mp3 = Buffer.concat(await Array.fromAsync(files.read('mp3s', outputFileId)));
  const copy = workshop.path(`copy-of-${Math.random()}.mp3`);
  await writeFile(copy, mp3);
  return { ...made, path: copy, mp3 };
}

describe('copyWherePossible', () => {
  test.each([
    ['a bare MP3 of constant rate', 'cbr.mp3', [...sound, '-ac', '2', '-b:a', '128k']],
    ['a bare MP3 of variable rate', 'vbr.mp3', [...sound, '-ac', '2', '-q:a', '4']],
    ['mono at 22 kHz', 'mono.mp3', [...sound, '-ac', '1', '-ar', '22050', '-b:a', '32k']],
    ['an MP3 without Xing header', 'bare.mp3', [...sound, '-write_xing', '0']],
    ['an MP3 in an MP4', 'film.mp4', [...film, ...lame]],
    ['an MP3 in an AVI', 'film.avi', [...film, ...lame]],
  ])('decodes to the same samples: %s', async (_what, name, args) => {
    const path = await workshop.make(name, ...args);
    const copy = await copyOf(path);
    const pcm = await pcmOf(path);
    expect(Buffer.compare(await pcmOf(copy?.path ?? ''), pcm)).toBe(0);
    const { receipt } = copy ?? {};
    expect(receipt).toMatchObject({ isCopied: true, codec: 'mp3' });
    expect((receipt?.samples ?? 0) * (receipt?.channels ?? 0) * 4).toBe(pcm.length);
  });

  test('keeps every sample of an MP3 in an MKV, whose cut at the end no MP3 can tell', async () => {
    const path = await workshop.make('film.mkv', ...film, ...lame);
    const pcm = await pcmOf(path);
    const copied = await pcmOf((await copyOf(path))?.path ?? '');
    expect(Buffer.compare(copied.subarray(0, pcm.length), pcm)).toBe(0);
    expect((copied.length - pcm.length) / 4).toBeLessThan(2 * 1152);
  });

  test.each([
    ['a bit rate', { bitrate: 192 }],
    ['a start', { start: 0 }],
    ['a loudness', { loudness: -16 }],
  ])('makes the sound anew where %s is asked for', async (_what, options) => {
    const path = await workshop.make('asked.mp3', ...sound);
    expect(await copyOf(path, options)).toBeUndefined();
  });

  test('makes the sound anew of what is no MP3', async () => {
    const path = await workshop.make('other.m4a', ...sound);
    expect(await copyOf(path)).toBeUndefined();
  });

  test('fails what is shorter than its header promises, as a conversion does', async () => {
    const path = await workshop.make('half.mp3', ...sound);
    const content = await readFile(path);
    await writeFile(path, content.subarray(0, content.length / 2));
    await expect(copyOf(path)).rejects.toMatchObject({ code: 'truncated' });
  });
});
