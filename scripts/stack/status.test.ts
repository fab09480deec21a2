import { describe, expect, test } from '@jest/globals';
import { statusTable } from './status.ts';

describe('statusTable', () => {
  test('shows one line for each server in columns, with - for what has no process', () => {
    const table = statusTable([
      { server: 'ffmpeg', up: true, address: '/usr/bin/ffmpeg', how: 'program on PATH' },
      { server: 'smtp', up: false, pid: 42, address: 'smtp://127.0.0.1:25', how: 'own sink' },
    ]);
    expect(table.split('\n')).toEqual([
      'SERVER  STATE  PID  ADDRESS              HOW',
      'ffmpeg  up     -    /usr/bin/ffmpeg      program on PATH',
      'smtp    down   42   smtp://127.0.0.1:25  own sink',
    ]);
  });
});
