import { describe, expect, test } from '@jest/globals';
import { parseServerAddress } from './server-address.ts';

describe('parseServerAddress', () => {
  test.each([
    ['smtps://mail.example', { host: 'mail.example', port: 465, secure: true, requireTLS: false }],
    ['smtp://mail.example', { host: 'mail.example', port: 587, secure: false, requireTLS: true }],
    [
      'smtp://ada%40example.org:s%2Fecret@mail.example:25',
      {
        host: 'mail.example',
        port: 25,
        secure: false,
        requireTLS: true,
        auth: { user: 'ada@example.org', pass: 's/ecret' },
      },
    ],
  ])('reads %s', (url, expected) => {
    expect(parseServerAddress(url)).toEqual(expected);
  });

  test.each([
    ['smtp://mail.example', true],
    ['smtp://127.0.0.1.example', true],
    ['smtp://mail.example?requireTLS=true', true],
    ['smtp://mail.example?requireTLS=false', false],
    ['smtp://127.0.0.1:1025', false],
    ['smtp://localhost:1025', false],
    ['smtp://[::1]:1025', false],
  ])('security 59: behind %s TLS is required: %s', (url, expected) => {
    expect(parseServerAddress(url).requireTLS).toBe(expected);
  });

  test.each(['', 'mail.example', 'http://mail.example', 'smtp://'])(
    'throws TypeError for %j',
    (url) => {
      expect(() => parseServerAddress(url)).toThrow(TypeError);
    },
  );
});
