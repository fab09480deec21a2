import { describe, expect, test } from '@jest/globals';
import { fileLabel, mp3Name } from './file-name.ts';

describe('fileLabel', () => {
  test.each([
    ['a plain name', 'holiday.mp4', 'holiday.mp4'],
    ['a name in another script', '日本の夏.mov', '日本の夏.mov'],
    ['a decomposed accent', 'e\u0301te\u0301.mp4', 'été.mp4'],
    ['an emoji of several parts', '👩\u200d🎤.mp4', '👩\u200d🎤.mp4'],
    ['quotes and semicolons', 'a"b;c=d.mp4', 'a"b;c=d.mp4'],
    ['a name that is a property of every object', '__proto__', '__proto__'],
  ])('keeps %s', (_, name, label) => {
    expect(fileLabel(name)).toBe(label);
  });

  test.each([
    ['a path', '../../etc/passwd', 'passwd'],
    ['a Windows path', 'C:\\Users\\me\\clip.avi', 'clip.avi'],
    ['NUL', 'a\0b.mp4', 'ab.mp4'],
    ['a line break', 'a\r\nSet-Cookie: x=1.mp4', 'a Set-Cookie: x=1.mp4'],
    ['marks that turn the text around', 'photo\u202egpj.mp4', 'photogpj.mp4'],
    ['isolates', 'a\u2066b\u2069.mp4', 'ab.mp4'],
    ['half a surrogate pair', 'a\ud83d.mp4', 'a.mp4'],
    ['leading dots', '..hidden.mp4', 'hidden.mp4'],
    ['spaces and dots at the end', ' clip.mp4 . ', 'clip.mp4'],
  ])('leaves out %s (43)', (_, name, label) => {
    expect(fileLabel(name)).toBe(label);
  });

  test.each([[''], ['/'], ['..'], ['a/b/'], ['\u202e'], ['   '], ['\r\n']])(
    'is never empty: %j (43)',
    (name) => {
      expect(fileLabel(name)).toBe('video');
    },
  );

  test('is at most 120 characters long and cuts no character in half (43)', () => {
    const label = fileLabel('🎤'.repeat(5_000));
    expect(Array.from(label)).toHaveLength(120);
    expect(label.isWellFormed()).toBe(true);
  });

  test('changes nothing the second time', () => {
    const label = fileLabel(` ..${'a'.repeat(119)} b`);
    expect(fileLabel(label)).toBe(label);
  });
});

describe('mp3Name', () => {
  test.each([
    ['clip.mp4', 'clip.mp3'],
    ['clip.3gp', 'clip.mp3'],
    ['concert.2024.webm', 'concert.2024.mp3'],
    ['CLIP.MKV', 'CLIP.mp3'],
    ['video', 'video.mp3'],
  ])('replaces the extension: %s → %s', (label, name) => {
    expect(mp3Name(label)).toBe(name);
  });

  test.each([
    ['Mr. Smith', 'Mr. Smith.mp3'],
    ['take 1.5', 'take 1.5.mp3'],
  ])('takes no other dot for an extension: %s → %s', (label, name) => {
    expect(mp3Name(label)).toBe(name);
  });

  test('stays a label', () => {
    const name = mp3Name('a'.repeat(120));
    expect(name).toHaveLength(120);
    expect(fileLabel(name)).toBe(name);
  });
});
