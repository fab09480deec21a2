import { describe, expect, test } from '@jest/globals';
import { readCommand } from './command.ts';

const here = import.meta.filename;

describe('readCommand', () => {
  test('without words a sample is converted and everything stays up', () => {
    const command = { video: undefined, out: undefined, stays: true, install: true, options: {} };
    expect(readCommand([])).toEqual(command);
  });

  test('--once converts a file and leaves', () => {
    const command = { video: here, out: 'a.mp3', stays: false, install: true, options: {} };
    expect(readCommand(['--once', here, '--out', 'a.mp3'])).toEqual(command);
  });

  test('--option is what to ask of the conversion', () => {
    const args = ['--option', 'bitrate=128', '--option', 'title=a = b'];
    expect(readCommand(args)).toMatchObject({ options: { bitrate: '128', title: 'a = b' } });
  });

  test.each([
    ['an option without a value', ['--option', 'bitrate'], '--option takes NAME=VALUE'],
    ['--once without --out', ['--once', here], '--once needs --out FILE.mp3'],
    ['a file that is not there', ['no.mp4'], 'there is no file no.mp4'],
    ['two files', [here, here], 'one video at a time'],
    ['an unknown option', ['--twice'], "Unknown option '--twice'"],
  ])('refuses %s', (_, args, text) => {
    expect(readCommand(args)).toEqual({ text: expect.stringContaining(text), exitCode: 2 });
  });

  test('--help is no mistake', () => {
    expect(readCommand(['--help'])).toMatchObject({ exitCode: 0 });
  });
});
