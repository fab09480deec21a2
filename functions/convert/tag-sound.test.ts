import { describe, expect, test } from '@jest/globals';

import { createFakeMedia } from '#shared/testing/transcoder.fake';
import { tagSound } from './tag-sound.ts';
import type { TagSources } from './tag-sound.ts';

/** The smallest that passes for a PNG, with so many bytes in it. */
function png(bytes: number): Uint8Array {
  const picture = Buffer.alloc(bytes);
  picture.write('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01', 'latin1');
  picture.write('IEND\xae\x42\x60\x82', bytes - 8, 'latin1');
  return picture;
}

const chapters = [
  { startSeconds: 0, endSeconds: 60, title: 'First' },
  { startSeconds: 60, endSeconds: 120, title: 'Second' },
];

async function tagOf(
  cover: Uint8Array | undefined,
  options: TagSources['options'] = {},
  texts: TagSources['texts'] = {},
) {
  const { transcoder } = createFakeMedia({ cover });
  const { signal } = new AbortController();
  const probe = {
    ...{ formatName: 'fake', tracks: [], chapters, tags: {} },
    cover: cover && { index: 2 },
  };
  const source = { url: 'fake:1', container: 'mp4', signal } as const;
  const { bytes, warnings } = await tagSound(transcoder, source, { probe, options, texts });
  const text = Buffer.from(bytes).toString('latin1');
  return { text, bytes: bytes.length, codes: warnings.map(({ code }) => code) };
}

describe('tagSound', () => {
  test('keeps texts, cover and chapters', async () => {
    const { text, codes } = await tagOf(png(100), {}, { title: 'A film' });
    for (const part of ['A film', 'fake 1.0', 'APIC', 'First', 'Second']) {
      expect(text).toContain(part);
    }
    expect(codes).toEqual([]);
  });

  test('leaves out what the options do not want, and says nothing of it', async () => {
    const { text, codes } = await tagOf(png(100), { cover: false, chapters: false });
    expect(text).not.toMatch(/APIC|CHAP|CTOC/);
    expect(codes).toEqual([]);
  });

  test('has no cover and no warning where the source has none', async () => {
    const { text, codes } = await tagOf(undefined);
    expect(text).not.toContain('APIC');
    expect(codes).toEqual([]);
  });

  test('keeps the chapters of the excerpt', async () => {
    const { text } = await tagOf(undefined, { start: 60, end: 90 });
    expect(text).not.toContain('First');
    const end = '\0\0\x75\x30';
    expect(text).toContain(`CHAP\0\0\0\x26\0\0chp0\0\0\0\0\0${end}`);
  });

  test.each([
    ['a page', Buffer.from('<html>')],
    ['300 kB', png(300_000)],
  ])('row 51: drops %s that calls itself a picture, with a warning', async (_what, cover) => {
    const { text, codes } = await tagOf(cover);
    expect(text).not.toContain('APIC');
    expect(text).toContain('First');
    expect(codes).toEqual(['cover_dropped']);
  });

  test('warns once of a picture that does not fit beside the rest', async () => {
    const { bytes, codes } = await tagOf(png(250 * 1024));
    expect(bytes).toBeLessThan(1_000);
    expect(codes).toEqual(['cover_dropped']);
  });
});
