import { describe, expect, test } from '@jest/globals';
import { parseEmail } from './accounts.ts';

const key = (typed: string) => parseEmail(typed)?.emailKey;

describe('parseEmail', () => {
  test('row 12: keeps the case of the local part for writing, not for the key', () => {
    expect(parseEmail('  Ada.L@Example.ORG\n')).toEqual({
      email: 'Ada.L@example.org',
      emailKey: 'ada.l@example.org',
    });
  });

  test.each([
    ['case', 'A@X.com', 'a@x.com'],
    ['composed and decomposed letters', 'Ame\u0301lie@x.com', 'am\u00e9lie@x.com'],
    ['the Kelvin sign, which NFC makes a K', '\u212Aim@x.com', 'kim@x.com'],
    ['a full-width domain', 'a@\uFF58.com', 'a@x.com'],
    ['an ideographic full stop in the domain', 'a@x\u3002com', 'a@x.com'],
    ['a domain in its own script', 'a@BÜCHER.example', 'a@xn--bcher-kva.example'],
  ])('row 12: %s makes no second account', (_, one, other) => {
    expect(key(one)).toBe(key(other));
    expect(key(one)).toBeDefined();
  });

  test.each([
    ['a dotless i', 'm\u0131ke@x.com', 'mike@x.com'],
    ['a dotted capital I', 'M\u0130ke@x.com', 'mike@x.com'],
    ['a full-width letter in the local part', '\uFF41da@x.com', 'ada@x.com'],
    ['a dot', 'a.da@x.com', 'ada@x.com'],
    ['a tag', 'ada+shop@x.com', 'ada@x.com'],
  ])('row 12: %s makes another account', (_, one, other) => {
    expect(key(one)).toBeDefined();
    expect(key(one)).not.toBe(key(other));
  });

  test.each(["o'brien@x.ie", 'a@sub.x-y.com', '1@2.dev', '用户@例子.广告', 'a_b-c+d@x.museum'])(
    'row 13: takes %s',
    (typed) => {
      expect(parseEmail(typed)).toBeDefined();
    },
  );

  test.each([
    ['nothing', ''],
    ['no @', 'ada'],
    ['nothing before @', '@x.com'],
    ['nothing behind @', 'ada@'],
    ['two addresses', 'a@x.com, b@y.com'],
    ['two addresses without a space', 'a@x.com,b@y.com'],
    ['two @', 'a@b@x.com'],
    ['a line break that brings a header', 'a@x.com\r\nBcc: e@z.com'],
    ['a line break in the local part', 'a\n@x.com'],
    ['NUL', 'a\0@x.com'],
    ['quotes', '"a b"@x.com'],
    ['a comment', 'a(hello)@x.com'],
    ['angle brackets', 'Ada <a@x.com>'],
    ['a space', 'a b@x.com'],
    ['a dot at the end of the local part', 'a.@x.com'],
    ['two dots', 'a..b@x.com'],
    ['a name without a dot', 'a@localhost'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['an IPv4 address', 'a@127.0.0.1'],
    ['a number that is an IPv4 address', 'a@2130706433'],
    ['a port', 'a@x.com:25'],
    ['a path', 'a@x.com/y'],
    ['an encoded dot', 'a@x%2ecom'],
    ['an underscore in the domain', 'a@x_y.com'],
    ['a hyphen at an edge', 'a@-x.com'],
    ['a right-to-left override', 'a\u202Eb@x.com'],
  ])('row 13: refuses %s', (_, typed) => {
    expect(parseEmail(typed)).toBeUndefined();
  });

  test('row 13: takes 254 bytes and refuses 255', () => {
    const label = 'd'.repeat(60);
    const address = (localBytes: number) =>
      `${'a'.repeat(localBytes)}@${label}.${label}.${label}.com`;
    expect(parseEmail(address(64))?.email).toHaveLength(64 + 1 + 3 * 61 + 3);
    expect(parseEmail(address(65))).toBeUndefined();
    const long = (domainExtra: number) =>
      `${'a'.repeat(63)}@${label}.${label}.${label}.${'c'.repeat(domainExtra)}`;
    expect(parseEmail(long(7))?.email).toHaveLength(254);
    expect(parseEmail(long(8))).toBeUndefined();
  });
});
