import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Transcoder } from '#shared/core/ports';
import { containerOf } from '#shared/core/signature';
import type { Container } from '#shared/core/signature';
import { createSilentLog } from '#shared/testing/log.fake';
import { amrFile, mediaFile } from '../../../scripts/testing/media.ts';
import { layLure } from './lure.ts';
import type { Lure } from './lure.ts';
import { createTranscoder } from './transcoder.ts';

const signal = new AbortController().signal;
let lure: Lure;
let transcoder: Transcoder;

beforeAll(async () => {
  lure = await layLure();
  transcoder = await createTranscoder({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', log: createSilentLog() },
    limits: { memoryBytes: 1024 ** 3, cpuSeconds: 60 },
  });
}, 60_000);
afterAll(() => lure.close());

describe('a sample of each container', () => {
  test.each<[Container, () => Promise<string>]>([
    ['mp4', () => mediaFile('index-first.mp4')],
    ['matroska', () => mediaFile('film.mkv')],
    ['avi', () => mediaFile('film.avi')],
    ['wav', () => mediaFile('sound.wav')],
    ['ogg', () => mediaFile('sound.ogg')],
    ['flac', () => mediaFile('sound.flac')],
    ['mp3', () => mediaFile('sound.mp3')],
    ['adts', () => mediaFile('sound.aac')],
    ['mpeg-ts', () => mediaFile('film.ts')],
    ['mpeg-ps', () => mediaFile('film.mpg')],
    ['flv', () => mediaFile('film.flv')],
    ['asf', () => mediaFile('film.wmv')],
    ['caf', () => mediaFile('sound.caf')],
    ['aiff', () => mediaFile('sound.aiff')],
    ['amr', amrFile],
    ['au', () => mediaFile('sound.au')],
  ])(
    '%s is known by its first bytes and read by its one demuxer',
    async (container, make) => {
      const sample = await readFile(await make());
      expect(containerOf(sample)).toBe(container);
      const source = { url: lure.serve(container, sample), container, signal };
      const { tracks } = await transcoder.probe(source);
      const trackIndex = tracks[0]?.index ?? -1;
      const shape = { trackIndex, sampleRate: 44_100, channels: 1 as const };
      const decoding = transcoder.decode({ ...source, ...shape });
      let bytes = 0;
      for await (const piece of decoding.pcm) bytes += piece.length;
      await decoding.finished;
      expect(Math.abs(bytes / 4 / 44_100 - 6)).toBeLessThan(0.2);
    },
    30_000,
  );
});
