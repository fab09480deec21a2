import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { currentRequestId, logOptions, withRequestId } from './log.ts';

function written(write: (log: pino.Logger) => void): string {
  let text = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(pino(logOptions, sink));
  return text;
}

describe('log', () => {
  test('carries the request id through everything a request does', async () => {
    const line = await withRequestId('call-1', async () => {
      await Promise.resolve();
      return written((log) => log.info({ a: 1 }, 'hello'));
    });
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      requestId: 'call-1',
      msg: 'hello',
      a: 1,
    });
    expect(currentRequestId()).toBeUndefined();
  });

  test.each(['authorization', 'cookie', 'password', 'token', 'refresh_token', 'access_token'])(
    'masks %s (65, C9, I13)',
    (name) => {
      const line = written((log) =>
        log.info({ [name]: 'hunter2', headers: { [name]: 'hunter2' } }, 'x'),
      );
      expect(line).not.toContain('hunter2');
      expect(line).toContain('[masked]');
    },
  );

  test('masks nothing else', () => {
    expect(written((log) => log.info({ path: '/a' }, 'x'))).toContain('"path":"/a"');
  });
});
