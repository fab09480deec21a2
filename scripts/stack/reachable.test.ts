import { describe, expect, test } from '@jest/globals';
import { withoutPassword } from './reachable.ts';

describe('withoutPassword', () => {
  test.each([
    ['postgres://me:secret@127.0.0.1:1/x', 'postgres://me:***@127.0.0.1:1/x'],
    ['mongodb+srv://me:s%40cret@host/x', 'mongodb+srv://me:***@host/x'],
    ['mongodb://me:secret@a:1,b:2/x', 'mongodb://me:***@a:1,b:2/x'],
  ])('hides the password of %s', (address, shown) => {
    expect(withoutPassword(address)).toBe(shown);
  });

  test.each(['postgres://postgres@127.0.0.1:1/x', 'smtp://127.0.0.1:25', '/usr/bin/ffmpeg'])(
    'leaves %s as it is',
    (address) => {
      expect(withoutPassword(address)).toBe(address);
    },
  );
});
