import { describe, expect, test } from '@jest/globals';
import { printable, spokenDuration, spokenSize } from './label.ts';

describe('printable', () => {
  test.each(['holiday.mp4', '日本の夏.mov', 'Ö & <b>.mkv', '👨‍👩‍👧.webm'])(
    'leaves %s as it is',
    (name) => {
      expect(printable(name)).toBe(name);
    },
  );

  test.each([
    ['characters that turn the direction', 'a\u202Egpm.3pm\u2066', 'agpm.3pm'],
    ['line breaks', 'a\r\nBcc: e@z.com', 'a Bcc: e@z.com'],
    ['control characters', 'a\u0000b\u001b[31mc\u0085d', 'a b [31mc d'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
  ])('row 58: takes %s out', (_, name, cleaned) => {
    expect(printable(name)).toBe(cleaned);
  });

  test.each(['', '  ', '\u202E\u0000'])('row 58: names what has no name: %j', (name) => {
    expect(printable(name)).toBe('your video');
  });

  test('row 58: takes 120 characters and shortens 121', () => {
    expect(printable('é'.repeat(120))).toBe('é'.repeat(120));
    expect(printable('é'.repeat(121))).toBe(`${'é'.repeat(119)}…`);
  });
});

describe('spokenDuration', () => {
  test.each([
    [0.4, '0.4 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [3605, '1 h 5 s'],
  ])('says %s as %s', (seconds, spoken) => {
    expect(spokenDuration(seconds)).toBe(spoken);
  });
});

describe('spokenSize', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [4_812_345, '4.8 MB'],
    [1.5e9, '1.5 GB'],
    [2e16, '20000.0 TB'],
  ])('says %s as %s', (bytes, spoken) => {
    expect(spokenSize(bytes)).toBe(spoken);
  });
});
