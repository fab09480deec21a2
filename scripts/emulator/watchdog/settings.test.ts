import { describe, expect, test } from '@jest/globals';

import { readWatchdogSettings } from './settings.ts';

const env = { mode: 'http', fprocess: 'node index.js', upstream_url: 'http://127.0.0.1:3000' };

describe('readWatchdogSettings', () => {
  test("has of-watchdog's defaults", () => {
    expect(readWatchdogSettings(env)).toEqual({
      mode: 'http',
      command: ['node', 'index.js'],
      upstream: new URL('http://127.0.0.1:3000'),
      execTimeoutMs: 30_000,
      readTimeoutMs: 30_000,
      writeTimeoutMs: 30_000,
      healthcheckIntervalMs: 30_000,
      maxInflight: 0,
      readyPath: undefined,
      contentType: 'application/octet-stream',
      staticPath: '/home/app/public',
      isRequestBuffered: false,
      isLockSuppressed: false,
      prefixLogs: true,
      logBufferSize: 65_536,
      isCallIdLogged: false,
      warnings: [],
    });
  });

  test('is in mode streaming unless told otherwise, and minds no variable it does not know', () => {
    const settings = readWatchdogSettings({ fprocess: 'cat', cgi_headers: 'false', jsonify: '1' });
    expect(settings).toMatchObject({ mode: 'streaming', upstream: undefined, warnings: [] });
  });

  test('splits the command at every single space and knows no quotes', () => {
    const { command } = readWatchdogSettings({ ...env, fprocess: 'sh -c "a  b"' });
    expect(command).toEqual(['sh', '-c', '"a', '', 'b"']);
  });

  test('waits as long as a response may take when no drain time is given', () => {
    const settings = readWatchdogSettings({ ...env, write_timeout: '2m' });
    expect(settings.healthcheckIntervalMs).toBe(120_000);
  });

  test('takes an exec_timeout of 0 for none', () => {
    expect(readWatchdogSettings({ ...env, exec_timeout: '0' }).execTimeoutMs).toBeUndefined();
  });

  test.each([
    ['function_process over fprocess', { function_process: 'cat' }, { command: ['cat'] }],
    [
      'http_upstream_url over upstream_url',
      { http_upstream_url: 'http://127.0.0.1:5000' },
      { upstream: new URL('http://127.0.0.1:5000') },
    ],
    ['buffer_http for http_buffer_req_body', { buffer_http: '1' }, { isRequestBuffered: true }],
    ['no number for no limit', { max_inflight: 'some' }, { maxInflight: 0 }],
    ['an unreadable prefix_logs for true', { prefix_logs: 'no' }, { prefixLogs: true }],
    ["Go's F for false", { prefix_logs: 'F' }, { prefixLogs: false }],
    ['an empty ready_path for none', { ready_path: '' }, { readyPath: undefined }],
    ['jwt_auth_debug alone for nothing', { jwt_auth_debug: 'true' }, { warnings: [] }],
  ])('takes %s', (_what, change, expected) => {
    expect(readWatchdogSettings({ ...env, ...change })).toMatchObject(expected);
  });

  test.each([
    [
      { exec_timeout: 'soon' },
      { execTimeoutMs: 30_000 },
      'exec_timeout is not a duration: "soon"; the default is taken',
    ],
    [
      { suppress_lock: 'true' },
      { isLockSuppressed: true },
      'suppress_lock: without the lock file /_/health is 503 for ever',
    ],
    [
      { log_call_id: 'true' },
      { isCallIdLogged: false },
      'log_call_id is not read: the variable is log_callid',
    ],
  ])('warns of %j', (change, expected, warning) => {
    const settings = readWatchdogSettings({ ...env, ...change });
    expect(settings).toMatchObject({ ...expected, warnings: [warning] });
  });

  test.each([
    ['mode "inproc" is for handlers linked into of-watchdog', { mode: 'inproc' }],
    ['unknown watchdog mode: "afterburn"', { mode: 'afterburn' }],
    ['write_timeout must be over 0s', { write_timeout: '0s' }],
    ['invalid log_buffer_size value: 64k', { log_buffer_size: '64k' }],
    ['neither fprocess nor function_process is set', { fprocess: '' }],
    ['upstream_url is not a URL: ""', { upstream_url: '' }],
    ['jwt_auth needs OpenFaaS for Enterprises', { jwt_auth: 'true' }],
  ])('refuses: %s', (message, change) => {
    expect(() => readWatchdogSettings({ ...env, ...change })).toThrow(message);
  });

  test('needs no command in mode static', () => {
    expect(readWatchdogSettings({ mode: 'static' }).command).toEqual([]);
  });
});
