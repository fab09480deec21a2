import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { coverOf } from '#shared/core/cover';
import type { Transcoder } from '#shared/core/ports';
import { type Workshop, ffmpegs, openWorkshop } from '../../../scripts/testing/ffmpegs.ts';

const maxBytes = 1024 ** 2;

let workshop: Workshop;
let jpeg = '';
let png = '';
/** File names of sounds with a picture, by how it lies in them. */
const withPicture: Record<string, string> = {};

const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=1'];
const picture = ['-f', 'lavfi', '-i', 'testsrc=size=300x200:rate=1'];
const attached = ['-map', '0', '-map', '1', '-c:v', 'copy', '-disposition:v', 'attached_pic'];

/** A film without film: sound, and a file attached under a type. */
function attach(name: string, file: string, type: string): Promise<string> {
  const metadata = ['-metadata:s:t', `mimetype=${type}`, '-metadata:s:t', 'filename=cover.jpg'];
  return workshop.make(name, ...tone, '-c:a', 'flac', '-attach', file, ...metadata);
}

beforeAll(async () => {
  workshop = await openWorkshop();
  jpeg = await workshop.make('c.jpg', ...picture, '-frames:v', '1');
  png = await workshop.make('c.png', ...picture, '-frames:v', '1');
  const withJpeg = [...tone, '-i', jpeg, ...attached];
  withPicture['MP4 covr'] = await workshop.make('covr.m4a', ...withJpeg, '-c:a', 'aac');
  withPicture['MP3 APIC'] = await workshop.make('apic.mp3', ...withJpeg, '-c:a', 'libmp3lame');
  withPicture['FLAC picture'] = await workshop.make('picture.flac', ...withJpeg);
  withPicture['MKV attachment'] = await attach('attachment.mkv', png, 'image/png');
});
afterAll(() => workshop.close());

describe.each(ffmpegs)('cover of %s', (_whose, ffmpeg, ffprobe) => {
  let transcoder: Transcoder;
  beforeAll(async () => {
    transcoder = await workshop.transcoder(ffmpeg, ffprobe);
  });

  /** What is taken out of a file as its cover. */
  async function coverIn(path: string): Promise<Uint8Array | undefined> {
    const source = await workshop.serve(path);
    const { cover } = await transcoder.probe(source);
    if (!cover) throw new Error(`${path} has no attached picture`);
    return transcoder.cover({ ...source, streamIndex: cover.index, maxBytes });
  }

  test.each(['MP4 covr', 'MP3 APIC', 'FLAC picture', 'MKV attachment'])(
    'takes the picture out as it is: %s',
    async (kind) => {
      const original = await readFile(kind === 'MKV attachment' ? png : jpeg);
      const bytes = await coverIn(withPicture[kind] ?? '');
      expect(Buffer.compare(bytes ?? Buffer.alloc(0), original)).toBe(0);
      expect(coverOf(original)?.mime).toBe(kind === 'MKV attachment' ? 'image/png' : 'image/jpeg');
    },
  );

  test('row 51: gives up a picture of 20 MB at once', async () => {
    await writeFile(workshop.path('huge.jpg'), Buffer.alloc(20 * 1024 ** 2, await readFile(jpeg)));
    const path = await attach('huge.mkv', workshop.path('huge.jpg'), 'image/jpeg');
    expect(await coverIn(path)).toBeUndefined();
  });

  test('row 51: hands on a page that calls itself a picture, which is no cover', async () => {
    await writeFile(workshop.path('page.html'), '<!DOCTYPE html><script>alert(1)</script>');
    const path = await attach('page.mkv', workshop.path('page.html'), 'image/jpeg');
    expect(coverOf((await coverIn(path)) ?? Buffer.alloc(0))).toBeUndefined();
  });

  test('finds none in a stream that is no picture, or is not there', async () => {
    const source = await workshop.serve(withPicture['FLAC picture'] ?? '');
    for (const streamIndex of [0, 7]) {
      expect(await transcoder.cover({ ...source, streamIndex, maxBytes })).toBeUndefined();
    }
  });

  test('rejects with the reason of whoever stops it', async () => {
    const source = await workshop.serve(withPicture['FLAC picture'] ?? '');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(transcoder.cover({ ...source, signal, streamIndex: 1, maxBytes })).rejects.toThrow(
      'enough',
    );
  });
});
