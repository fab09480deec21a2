import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { assertConvertible, lookAt } from '#shared/core/first-look/first-look';
import { containerOf } from '#shared/core/signature';
import { mediaFile } from '../../scripts/testing/media.ts';
import type { MediaName } from '../../scripts/testing/media.ts';

const run = promisify(execFile);
const limits = { maxSeconds: 3_600, maxBytes: 1e9 };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-look-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function remade(name: MediaName, as: string, ...options: readonly string[]): Promise<Buffer> {
  const path = join(folder, as);
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-i', await mediaFile(name), '-c', 'copy', ...options, path],
  ]);
  return readFile(path);
}

const encrypted = () =>
  remade(
    'index-first.mp4',
    'encrypted.mp4',
    ...['-movflags', '+faststart', '-encryption_scheme', 'cenc-aes-ctr'],
    ...['-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb'],
    ...['-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8'],
  );

function look(bytes: Uint8Array) {
  const container = containerOf(bytes);
  return container && lookAt(container, bytes);
}

describe('lookAt a real file', () => {
  test.each<[MediaName, string]>([
    ['index-first.mp4', 'h264 aac'],
    ['fragmented.mp4', 'h264 aac'],
    ['film.mkv', 'h264 aac'],
    ['live.mkv', 'h264 aac'],
    ['film.webm', 'vp8 opus'],
    ['surround.mkv', 'h264 ac3'],
    ['sound.m4a', 'aac'],
    ['sound.wav', 'pcm'],
  ])('names the tracks of %s, which passes', async (name, codecs) => {
    const found = look(await readFile(await mediaFile(name)));
    if (typeof found !== 'object') throw new Error(`${found}`);
    expect(found.tracks.map(({ codec }) => codec).join(' ')).toBe(codecs);
    expect(Math.round(found.seconds ?? 6)).toBe(6);
    expect(() => assertConvertible(found, limits)).not.toThrow();
  });

  test.each<[MediaName]>([
    ['index-last.mp4'],
    ['film.mov'],
    ['film.wmv'],
    ['film.avi'],
    ['film.ts'],
  ])('leaves %s to the converter', async (name) => {
    expect(look(await readFile(await mediaFile(name)))).toBe('unknown');
  });

  test.each<[string, string, () => Promise<Buffer>]>([
    [
      'an MP4',
      'no_audio',
      () => remade('index-first.mp4', 'a.mp4', '-an', '-movflags', '+faststart'),
    ],
    ['a Matroska file', 'no_audio', () => remade('film.mkv', 'a.mkv', '-an')],
    ['an encrypted MP4', 'encrypted', encrypted],
  ])('refuses %s with %s', async (_what, code, make) => {
    const found = look(await make());
    if (typeof found !== 'object') throw new Error(`${found}`);
    expect(() => assertConvertible(found, limits)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('Found: video (h264)') }),
    );
  });

  test('refuses what is too long by its own tables', async () => {
    const found = look(await readFile(await mediaFile('sound.wav')));
    if (typeof found !== 'object') throw new Error(`${found}`);
    expect(() => assertConvertible(found, { ...limits, maxSeconds: 5 })).toThrow(
      expect.objectContaining({ code: 'too_long' }),
    );
  });
});

describe('lookAt a hostile file', () => {
  const seed = 20_261_121;

  test('never throws and never hangs: 100 000 mutants of real ones', async () => {
    const names = [
      'index-first.mp4',
      'film.mkv',
      'sound.wav',
      'film.wmv',
      'fragmented.mp4',
    ] as const;
    const heads = await Promise.all(
      names.map(async (name) => (await readFile(await mediaFile(name))).subarray(0, 6_000)),
    );
    const samples = [...heads, (await encrypted()).subarray(0, 6_000)].map((head) => ({
      head,
      container: containerOf(head) ?? 'mp4',
    }));
    const random = generator(seed);
    let worstMs = 0;
    let isSane = true;
    for (let n = 0; n < 100_000; n += 1) {
      const { head, container } = samples[n % samples.length] ?? {
        head: Buffer.of(),
        container: 'mp4',
      };
      const mutant = mutate(head, random);
      const startedAt = performance.now();
      const found = lookAt(container, mutant);
      worstMs = Math.max(worstMs, performance.now() - startedAt);
      isSane &&= typeof found === 'string' || found.tracks.length > 0;
    }
    expect(isSane).toBe(true);
    expect(worstMs).toBeLessThan(1_000);
  }, 240_000);
});

/** Numbers below a limit, the same for a seed (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const edges = [0, 1, 7, 8, 0x7f, 0x80, 0xff];

/** A few bytes changed, mostly near the beginning; some are also cut off. */
function mutate(head: Buffer, random: (below: number) => number): Buffer {
  const mutant = Buffer.from(head);
  for (let changes = 1 + random(6); changes > 0; changes -= 1) {
    const at = random(1 + random(mutant.length));
    mutant[at] = random(2) === 0 ? random(256) : (edges[random(edges.length)] ?? 0);
  }
  return random(4) === 0 ? mutant.subarray(0, random(mutant.length)) : mutant;
}
