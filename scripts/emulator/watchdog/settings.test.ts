import { describe, expect, test } from '@jest/globals';

import { readWatchdogSettings } from './settings.ts';

const env = { mode: 'http', fprocess: 'node index.js', upstream_url: 'http://127.0.0.1:3000' };

describe('readWatchdogSettings', () => {
  test("has of-watchdog's defaults", () => {
    expect(readWatchdogSettings(env)).toEqual({
      command: ['node', 'index.js'],
      upstream: new URL('http://127.0.0.1:3000'),
      execTimeoutMs: 30_000,
      readTimeoutMs: 30_000,
      writeTimeoutMs: 30_000,
      healthcheckIntervalMs: 30_000,
      maxInflight: 0,
      readyPath: undefined,
      prefixLogs: true,
      logBufferSize: 65_536,
    });
  });

  test('waits as long as a response may take when no drain time is given', () => {
    const settings = readWatchdogSettings({ ...env, write_timeout: '2m' });
    expect(settings.healthcheckIntervalMs).toBe(120_000);
  });

  test('takes an exec_timeout of 0 for none', () => {
    expect(readWatchdogSettings({ ...env, exec_timeout: '0' }).execTimeoutMs).toBeUndefined();
  });

  test.each([
    ['mode "streaming" is not emulated', { mode: 'streaming' }],
    ['write_timeout must be over 0', { write_timeout: '0s' }],
    ['exec_timeout is not a duration: "soon"', { exec_timeout: 'soon' }],
    ['fprocess is not set', { fprocess: '' }],
  ])('refuses: %s', (message, change) => {
    expect(() => readWatchdogSettings({ ...env, ...change })).toThrow(message);
  });
});
