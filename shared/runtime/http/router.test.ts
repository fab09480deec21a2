import { describe, expect, test } from '@jest/globals';
import { empty } from './answer.ts';
import { findRoute, type Route } from './router.ts';

const route = (method: Route<unknown>['method'], path: string): Route<unknown> => ({
  method,
  path,
  handle: () => Promise.resolve(empty()),
});
const routes = [
  route('GET', '/'),
  route('GET', '/{id}'),
  route('DELETE', '/{id}'),
  route('POST', '/{id}/cancel'),
];

describe('findRoute', () => {
  test.each([
    ['GET', '/', '/', {}],
    ['GET', '', '/', {}],
    ['HEAD', '/a', '/{id}', { id: 'a' }],
    ['GET', '/a/', '/{id}', { id: 'a' }],
    ['POST', '/a/cancel', '/{id}/cancel', { id: 'a' }],
    ['GET', '/__proto__', '/{id}', { id: '__proto__' }],
  ])('finds %s %s', (method, path, found, params) => {
    const match = findRoute(routes, method, path);
    expect({ path: match.route.path, params: match.params }).toEqual({ path: found, params });
  });

  test.each([
    ['GET', '/a/b/c'],
    ['POST', '/a/stop'],
    ['POST', '/a/cancel/now'],
  ])('finds nothing for %s %s', (method, path) => {
    expect(() => findRoute(routes, method, path)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test.each([
    ['PUT', '/a', 'GET, HEAD, DELETE'],
    ['GET', '/a/cancel', 'POST'],
    ['get', '/', 'GET, HEAD'],
  ])('refuses %s %s and says what is allowed (71)', (method, path, allow) => {
    expect(() => findRoute(routes, method, path)).toThrow(
      expect.objectContaining({ code: 'method_not_allowed', headers: { allow } }),
    );
  });
});
