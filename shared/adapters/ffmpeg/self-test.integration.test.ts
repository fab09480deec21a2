import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import installedFfmpeg from '@ffmpeg-installer/ffmpeg';
import installedFfprobe from '@ffprobe-installer/ffprobe';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Transcoder } from '#shared/core/ports';
import { containerOf } from '#shared/core/signature';
import type { Container } from '#shared/core/signature';
import { createSilentLog } from '#shared/testing/log.fake';
import { layersFor } from './containment.ts';
import { examine } from './examination.ts';
import { layLure } from './lure.ts';
import type { Lure } from './lure.ts';
import { findLeaks } from './self-test.ts';
import { createTranscoder } from './transcoder.ts';
import { disguised, tricks } from './tricks.ts';

const signal = new AbortController().signal;
const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 60 };
const layers = layersFor(limits);
const system = { ffmpeg: '/usr/bin/ffmpeg', ffprobe: '/usr/bin/ffprobe' };
const installers = { ffmpeg: installedFfmpeg.path, ffprobe: installedFfprobe.path };
const containers: readonly Container[] = [
  ...(['mp4', 'matroska', 'avi', 'wav', 'ogg', 'flac', 'mp3', 'adts'] as const),
  ...(['mpeg-ts', 'mpeg-ps', 'flv', 'asf', 'caf', 'aiff', 'amr', 'au'] as const),
];
let folder = '';
let lure: Lure;

beforeAll(async () => {
  // Also for the user that ffmpeg runs as.
  folder = await mkdtemp(join(tmpdir(), 'self-test-'));
  await chmod(folder, 0o755);
  lure = await layLure();
});
afterAll(async () => {
  await lure.close();
  await rm(folder, { recursive: true });
});

/** npm runs no install script here, so the installer's programs are not executable yet. */
async function executable(program: string): Promise<string> {
  const path = join(folder, basename(program));
  await copyFile(program, path);
  await chmod(path, 0o755);
  return path;
}

/** A program of ours in front of another one. */
async function script(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

/** ffmpeg as if it knew no list of formats. */
function forgetful(program: string): Promise<string> {
  const strip = 'for a; do shift; [ "$skip" ] && { skip=; continue; }';
  const rest = 'case $a in -format_whitelist) skip=1;; *) set -- "$@" "$a";; esac; done';
  return script(`forgetful-${basename(program)}`, `${strip}; ${rest}\nexec ${program} "$@"`);
}

async function heardBytes(transcoder: Transcoder, url: string, container: Container) {
  const shape = { trackIndex: 0, sampleRate: 44_100, channels: 1 as const };
  const decoding = transcoder.decode({ ...shape, url, container, signal });
  decoding.finished.catch(() => undefined);
  let bytes = 0;
  try {
    for await (const piece of decoding.pcm) bytes += piece.length;
  } catch {
    // It is what came before that counts.
  }
  return bytes;
}

describe.each([
  ['the system', system],
  ['the installer', installers],
])('ffmpeg of %s', (whose, paths) => {
  let transcoder: Transcoder;
  let serial = 0;
  beforeAll(async () => {
    transcoder = await createTranscoder({
      ffmpegPath: await executable(paths.ffmpeg),
      ffprobePath: await executable(paths.ffprobe),
      limits,
      log: createSilentLog(),
    });
  }, 60_000);

  /** What ffprobe answers, how much ffmpeg lets hear, and who is asked. */
  async function effectOf(source: (name: string) => Uint8Array, container: Container) {
    const name = `${whose}-${(serial += 1)}`;
    const url = lure.serve(name, source(name));
    const probed = await transcoder.probe({ url, container, signal }).then(
      () => 'read',
      (error: unknown) => Reflect.get(error as Error, 'name'),
    );
    return [probed, await heardBytes(transcoder, url, container), lure.requestsOf(name)];
  }

  test.each(tricks)('row 49: refuses $name, taken for an MP3', async ({ script }) => {
    const source = (name: string) => disguised(script(lure.baitFor(name)));
    expect(containerOf(source('x'))).toBe('mp3');
    expect(await effectOf(source, 'mp3')).toEqual(['AppError', 0, []]);
  });

  test.each(containers)(
    'row 49: asks nobody for a playlist that is taken for %s',
    async (container) => {
      const [playlist] = tricks.filter(({ name }) => name === 'HLS to its own place');
      const source = (name: string) => Buffer.from(playlist?.script(lure.baitFor(name)) ?? '');
      expect(containerOf(source('x'))).toBeUndefined();
      const [, heard, requests] = await effectOf(source, container);
      expect([heard, requests]).toEqual([0, []]);
    },
  );

  test('row 49: reads the bait where it is no bait', async () => {
    expect(await effectOf((name) => lure.baitFor(name).bytes, 'mp3')).toEqual([
      'read',
      expect.any(Number),
      [],
    ]);
  });
});

describe('findLeaks', () => {
  test('row 49: names what gets through a program that knows no lists', async () => {
    const leaks = await findLeaks({
      ffmpeg: [await forgetful(system.ffmpeg)],
      ffprobe: [await forgetful(system.ffprobe)],
    });
    expect(leaks).toEqual(
      expect.arrayContaining([
        'HLS to its own place (ffmpeg)',
        'ffconcat in its own place (ffmpeg)',
        'DASH to an address (ffmpeg)',
        'DASH to an address (ffprobe)',
      ]),
    );
  }, 60_000);

  test('trusts no silence of a program that does not even read a sound', async () => {
    const mute = [await script('mute', 'exit 1')];
    await expect(findLeaks({ ffmpeg: mute, ffprobe: mute })).rejects.toThrow('does not read');
  });
});

describe('examine', () => {
  /** Leaves an empty file each time it runs. */
  async function counted(program: string): Promise<string> {
    return script(
      `counted-${basename(program)}`,
      `mktemp -p ${folder}/runs >/dev/null\nexec ${program} "$@"`,
    );
  }

  test('row 49: refuses an ffmpeg that obeys playlists, and says which way', async () => {
    const ffmpeg = await forgetful(system.ffmpeg);
    const examined = examine({ ...system, ffmpeg }, layers, folder);
    await expect(examined).rejects.toThrow(
      /obeys hostile files: .*HLS to its own place \(ffmpeg\)/,
    );
    expect((await readdir(folder)).filter((name) => name.endsWith('.json'))).toEqual([]);
  }, 60_000);

  test('runs no ffmpeg where it knows the answer, and again where the binary is another', async () => {
    const runs = await mkdtemp(join(folder, 'kept-'));
    const log = join(folder, 'runs');
    await mkdir(log);
    await chmod(log, 0o777);
    const count = async () => (await readdir(log)).length;
    const paths = { ...system, ffmpeg: await counted(system.ffmpeg) };
    const first = await examine(paths, layers, runs);
    const afterFirst = await count();
    expect(afterFirst).toBeGreaterThan(tricks.length);
    expect(await examine(paths, layers, runs)).toEqual(first);
    expect(await count()).toBe(afterFirst);
    await utimes(paths.ffmpeg, new Date(), new Date(0));
    await examine(paths, layers, runs);
    expect(await count()).toBe(2 * afterFirst);
  }, 120_000);
});
