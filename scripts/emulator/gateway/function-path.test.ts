import { describe, expect, test } from '@jest/globals';

import { cleanedPath, decodePath, parseFunctionPath, splitQuery } from './function-path.ts';

const parse = (path: string, query = '') => parseFunctionPath(path, query, 'openfaas-fn');

describe('parseFunctionPath', () => {
  test.each([
    ['/function/jobs', 'jobs', 'openfaas-fn', '/'],
    ['/function/jobs/', 'jobs', 'openfaas-fn', '/'],
    ['/function/jobs/a/b', 'jobs', 'openfaas-fn', '/a/b'],
    ['/function/jobs.openfaas-fn', 'jobs', 'openfaas-fn', '/'],
    ['/async-function/jobs/a', 'jobs', 'openfaas-fn', '/a'],
    ['/function/a.b.other/x', 'a.b', 'other', '/x'],
    ['/function/jobs/a b', 'jobs', 'openfaas-fn', '/a%20b'],
  ])('%s calls %s in %s with %s', (path, name, namespace, target) => {
    expect(parse(path)).toMatchObject({ name, namespace, target });
  });

  test.each(['jobs', 'jobs.openfaas-fn'])('keeps the name as it was called: %s', (called) => {
    expect(parse(`/function/${called}/x`)?.calledAs).toBe(called);
  });

  test('passes the query untouched', () => {
    expect(parse('/function/jobs', '?a=%2F&b')?.target).toBe('/?a=%2F&b');
  });

  test.each(['/function/', '/function', '/functions/jobs', '/function/a b', '/sync-function/jobs'])(
    '%s names no function',
    (path) => {
      expect(parse(path)).toBeUndefined();
    },
  );
});

describe('splitQuery', () => {
  test('parts at the first question mark', () => {
    expect(splitQuery('/a?b?c')).toEqual(['/a', '?b?c']);
  });

  test('gives an empty query where there is none', () => {
    expect(splitQuery('/a')).toEqual(['/a', '']);
  });
});

describe('cleanedPath', () => {
  test.each([
    ['//function/jobs', '/function/jobs'],
    ['/function//jobs/', '/function/jobs/'],
    ['/function/../system/info', '/system/info'],
  ])('redirects %s to %s', (path, clean) => {
    expect(cleanedPath(path)).toBe(clean);
  });

  test('leaves a clean path alone', () => {
    expect(cleanedPath('/function/jobs/')).toBeUndefined();
  });
});

describe('decodePath', () => {
  test('decodes an escaped slash', () => {
    expect(decodePath('/function/jobs/a%2Fb')).toBe('/function/jobs/a/b');
  });

  test('knows a malformed escape', () => {
    expect(decodePath('/function/jobs/%zz')).toBeUndefined();
  });
});
