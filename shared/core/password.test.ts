import { describe, expect, test } from '@jest/globals';
import { passwordProblem } from './password.ts';

const email = 'ada.lovelace@example.org';
const problem = (password: string) => passwordProblem(password, email);
/** `length` characters that nobody would guess. */
const unguessable = (length: number) =>
  Array.from({ length }, (_, n) => String.fromCodePoint(0x4e00 + n * 7)).join('');

describe('passwordProblem', () => {
  test('row 1: refuses 14 characters and takes 15', () => {
    expect(problem(unguessable(14))).toBe(
      'A password has at least 15 characters. A few words do well.',
    );
    expect(problem(unguessable(15))).toBeUndefined();
  });

  test('row 2: takes 1024 characters and refuses 1025', () => {
    expect(problem(unguessable(1024))).toBeUndefined();
    expect(problem(unguessable(1025))).toBe('A password has at most 1024 characters.');
  });

  test('row 2: counts characters, not the halves of an emoji', () => {
    const emoji = (count: number) =>
      Array.from({ length: count }, (_, n) => String.fromCodePoint(0x1f400 + n)).join('');
    expect(problem(emoji(14))).toContain('at least 15');
    expect(problem(emoji(15))).toBeUndefined();
  });

  test.each([
    'seven purple boats drift home',
    'lowercaselettersonlyhere',
    '🐘 walks on 🌍 and 🌙 home',
  ])('row 2: asks for no kind of character: %s', (password) => {
    expect(problem(password)).toBeUndefined();
  });

  test.each([
    'passwordpassword',
    'P@ssw0rd12345678',
    'Password1234567!',
    'qwertyuiopasdfgh',
    '1q2w3e4r5t6y7u8i',
    '9876543210987654',
    'abcdefghijklmnop',
    'Correct Horse Battery Staple',
    'iloveyou-iloveyou',
    'Welcome-Summer-2026',
    'letmein.letmein1',
  ])('row 3: refuses what others would try: %s', (password) => {
    expect(problem(password)).toMatch(/others would try/i);
  });

  test.each([
    'aaaaaaaaaaaaaaaaaaaa',
    'xyzzyxyzzyxyzzyxy',
    '               ',
    '🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘',
  ])('row 3: refuses repetition: %s', (password) => {
    expect(problem(password)).toBe('This password repeats itself. Others would try it first.');
  });

  test('row 3: takes a common word among enough of one’s own', () => {
    expect(problem('my password is a heron')).toBeUndefined();
  });

  test.each(['ada.lovelace@example.org!!', 'xx-ADA.LOVELACE-engine'])(
    'row 3: refuses the e-mail address in it: %s',
    (password) => {
      expect(problem(password)).toBe('A password does not hold the e-mail address.');
    },
  );

  test('row 3: a name of three letters may be part of a word', () => {
    expect(passwordProblem('lemonade under canada geese', 'ada@example.org')).toBeUndefined();
  });

  test.each(['videotomp3 is for me', 'my Video-to-MP3 account'])(
    'row 3: refuses the name of the service in it: %s',
    (password) => {
      expect(problem(password)).toBe('A password does not hold the name of this service.');
    },
  );

  test('row 4: gives NFKC-equal spellings the same verdict', () => {
    expect(problem('ｐａｓｓｗｏｒｄpassword')).toBe(problem('passwordpassword'));
    expect(problem('ﬁ'.repeat(7))).toContain('at least 15');
    expect(problem('ﬁne ﬂowers grow')).toBeUndefined();
  });
});
