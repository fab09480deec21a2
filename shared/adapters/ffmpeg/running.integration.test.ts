import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, describe, test } from '@jest/globals';
import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import { runFfmpeg } from './running.ts';

const megabytes = 64;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'running-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Stands in for ffmpeg; says one line without end, then fails. */
async function useTalker(): Promise<void> {
  const path = join(folder, 'talker');
  const talk = `echo 'moov atom not found' >&2; head -c ${megabytes}M /dev/zero | tr '\\0' x >&2`;
  await writeFile(path, `#!/bin/sh\n${talk}\nexit 1\n`, { mode: 0o700 });
  ffmpeg.setFfmpegPath(path);
}

describe('runFfmpeg', () => {
  test('hears what a talker says first, and keeps nothing of what never ends', async () => {
    await useTalker();
    const before = process.memoryUsage().rss;
    const hints: unknown[] = [];
    const { output, finished } = runFfmpeg(
      ffmpeg('x').outputOptions(['-f', 'f32le']),
      new AbortController().signal,
      (hint) => {
        hints.push(hint);
        return new AppError('damaged');
      },
    );
    await Promise.allSettled([Array.fromAsync(output)]);
    await expect(finished).rejects.toMatchObject({ code: 'damaged' });
    expect(hints).toEqual(['truncated']);
    expect(process.memoryUsage().rss - before).toBeLessThan((megabytes / 2) * 1024 ** 2);
  }, 30_000);
});
