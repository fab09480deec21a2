import { describe, expect, test } from '@jest/globals';

import { incoming } from '../testing/incoming.ts';
import { endToEndHeaders, frameBody, hasBody } from './headers.ts';

describe('endToEndHeaders', () => {
  test.each([
    'Host',
    'Connection',
    'Proxy-Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
  ])('removes %s', (name) => {
    expect(endToEndHeaders(incoming('POST', [[name, 'x']]))).toEqual({});
  });

  test('passes Authorization, Cookie and Expect', () => {
    const message = incoming('POST', [
      ['Authorization', 'Bearer t'],
      ['Cookie', 'a=b'],
      ['Expect', '100-continue'],
    ]);
    expect(endToEndHeaders(message)).toEqual({
      authorization: ['Bearer t'],
      cookie: ['a=b'],
      expect: ['100-continue'],
    });
  });

  test('keeps every value of a repeated header', () => {
    const message = incoming('GET', [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
    expect(endToEndHeaders(message)['set-cookie']).toEqual(['a=1', 'b=2']);
  });
});

describe('frameBody', () => {
  test('replaces Content-Length by chunked framing', () => {
    const message = incoming('PUT', [['Content-Length', '5']]);
    expect(frameBody(endToEndHeaders(message), message)).toEqual({
      'transfer-encoding': ['chunked'],
    });
  });

  test('leaves a request without a body as it is', () => {
    const message = incoming('POST', [['Content-Length', '0']]);
    expect(frameBody(endToEndHeaders(message), message)).toEqual({ 'content-length': ['0'] });
  });
});

describe('hasBody', () => {
  test.each([
    [true, 'Content-Length', '1'],
    [true, 'Transfer-Encoding', 'chunked'],
    [false, 'Content-Length', '0'],
    [false, 'Accept', '*/*'],
  ])('is %s with %s: %s', (expected, name, value) => {
    expect(hasBody(incoming('POST', [[name, value]]))).toBe(expected);
  });
});
