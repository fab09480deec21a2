import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';

import { ConversionOptions } from '#shared/contracts/options';

describe('ConversionOptions', () => {
  test.each([
    ['bitrate', '192', 192],
    ['bitrate', 8, 8],
    ['quality', '0', 0],
    ['sampleRate', '44000', 44_000],
    ['channels', '1', 1],
    ['start', '90.5', 90.5],
    ['start', '1:30.5', 90.5],
    ['start', '0:01:30.500', 90.5],
    ['end', '99:59:59.999', 359_999.999],
    ['end', 0, 0],
    ['loudness', '-16', -16],
    ['loudness', '-23.5', -23.5],
    ['track', '2', 2],
    ['track', 'ger', 'ger'],
    ['track', 'pt-BR', 'pt-BR'],
    ['title', '', ''],
    ['date', '2026', '2026'],
    ['date', '2026-11-21T16:00', '2026-11-21T16:00'],
    ['trackNumber', '3/12', '3/12'],
    ['cover', 'false', false],
    ['chapters', true, true],
    ['allowPartial', 'true', true],
    ['allowPartial', false, false],
  ])('takes %s=%s', (name, text, value) => {
    expect(v.parse(ConversionOptions, { [name]: text })).toEqual({ [name]: value });
  });

  test.each([
    ['bitrate', '191'],
    ['bitrate', ''],
    ['bitrate', '0x40'],
    ['bitrate', 'Infinity'],
    ['quality', '10'],
    ['quality', '1.5'],
    ['sampleRate', '0'],
    ['sampleRate', 44_100.5],
    ['channels', '6'],
    ['start', '-1'],
    ['start', '1:60'],
    ['start', '1:2'],
    ['start', '1e3'],
    ['start', Number.NaN],
    ['end', '100:00:00'],
    ['loudness', '0'],
    ['allowPartial', 'yes'],
    ['allowPartial', 1],
    ['loudness', '-71'],
    ['track', '0'],
    ['track', 'klingon'],
    ['track', 1.5],
    ['title', 'two\nlines'],
    ['title', '\0'],
    ['title', '\ud800'],
    ['title', 7],
    ['date', 'yesterday'],
    ['trackNumber', 'first'],
    ['cover', 'yes'],
  ])('refuses %s=%s with a sentence', (name, text) => {
    const { issues } = v.safeParse(ConversionOptions, { [name]: text });
    expect(issues?.map(({ message }) => message)[0]).toMatch(/^[A-Z].*\.$/);
  });

  test('refuses a name it does not know', () => {
    expect(v.is(ConversionOptions, { ownerId: 'x' })).toBe(false);
  });

  test('adds nothing to what was said', () => {
    expect(v.parse(ConversionOptions, {})).toEqual({});
  });
});
