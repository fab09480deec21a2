import { describe, expect, test } from '@jest/globals';

import { incoming } from '../testing/incoming.ts';
import { requestEnv } from './fork-env.ts';

describe('requestEnv', () => {
  test('tells method, decoded path and raw query', () => {
    expect(requestEnv(incoming('PUT', []), '/a%20b?q=%20&r=?')).toEqual({
      Http_Method: 'PUT',
      Http_Path: '/a b',
      Http_Query: 'q=%20&r=?',
    });
  });

  test('has no Http_Query where the query is empty', () => {
    const told = { Http_Method: 'GET', Http_Path: '/a' };
    expect(requestEnv(incoming('GET', []), '/a?')).toEqual(told);
    expect(requestEnv(incoming('GET', []), '/a')).toEqual(told);
  });

  test("tells each header's first value, but not the host", () => {
    const message = incoming('POST', [
      ['Host', 'gateway:8080'],
      ['X-Call-Id', 'a'],
      ['X-Call-Id', 'b'],
      ['CONTENT-TYPE', 'text/plain'],
      ['Transfer-Encoding', 'chunked'],
    ]);
    expect(requestEnv(message, '/')).toEqual({
      Http_X_Call_Id: 'a',
      Http_Content_Type: 'text/plain',
      Http_Transfer_Encoding: 'chunked',
      Http_Method: 'POST',
      Http_Path: '/',
    });
  });

  test('leaves a path that cannot be decoded as it is', () => {
    expect(requestEnv(incoming('GET', []), '/%zz')['Http_Path']).toBe('/%zz');
  });
});
