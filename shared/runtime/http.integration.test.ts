import { once as onceEvent } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { AppError } from '#shared/core/errors';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import { httpFunction } from './http.ts';
import { empty, json, stream } from './http/answer.ts';
import { loggedIn, only } from './http/auth.ts';
import type { BodyLimits } from './http/body.ts';
import type { Route } from './http/router.ts';
import { once } from './once.ts';

const accessTokens = createFakeAccessTokens();
const baseDeps = { accessTokens, close: () => Promise.resolve() };
type Deps = typeof baseDeps;

let served: ServedFunction | undefined;
const serve = async (routes: readonly Route<Deps>[], deps: Deps = baseDeps) => {
  served = await serveFunction(
    httpFunction(
      once(() => Promise.resolve(deps)),
      routes,
    ),
  );
  return served;
};
afterEach(async () => {
  await served?.close();
  served = undefined;
});

const get = (path: string, handle: Route<Deps>['handle']): Route<Deps> => ({
  method: 'GET',
  path,
  handle,
});
const fail = (error: Error) => get('/', () => Promise.reject(error));

/** Sends bytes as they are and gives all that comes back until the end. */
async function raw(port: number, text: string | Buffer) {
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  socket.write(text);
  await onceEvent(socket, 'close');
  return Buffer.concat(pieces).toString();
}

describe('httpFunction', () => {
  test('answers JSON that nothing keeps or guesses about', async () => {
    const { url } = await serve([get('/', () => Promise.resolve(json(200, { a: 1 })))]);
    const response = await fetch(url);
    expect(await response.json()).toEqual({ a: 1 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-length': '7',
    });
  });

  test('answers errors as problem+json with code and request id (66)', async () => {
    const { url } = await serve([fail(new AppError('conflict', 'Not now.'))]);
    const response = await fetch(url, { headers: { 'x-call-id': 'call-7' } });
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Not now.',
      remedy: 'Look at the present state and decide anew.',
      code: 'conflict',
      requestId: 'call-7',
    });
  });

  test('shows nothing of an unexpected error (66)', async () => {
    const { url } = await serve([fail(new Error('at secret.ts:1 password=hunter2'))]);
    const response = await fetch(url);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/hunter2|secret\.ts/);
  });

  test('makes a request id of its own where the given one would spoil the log', async () => {
    const { url } = await serve([fail(new AppError('conflict'))]);
    const response = await fetch(url, { headers: { 'x-call-id': 'a b' } });
    expect(await response.json()).toMatchObject({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('says when to come back', async () => {
    const error = new AppError('rate_limited', 'Slow.', { retryAfterSeconds: 1.2 });
    const { url } = await serve([fail(error)]);
    expect((await fetch(url)).headers.get('retry-after')).toBe('2');
  });

  test.each([
    ['storage', '10'],
    ['too_many_jobs', '10'],
    ['conflict', null],
  ] as const)(
    'says when to come back of every error that time may heal: %s',
    async (code, told) => {
      const { url } = await serve([fail(new AppError(code))]);
      expect((await fetch(url)).headers.get('retry-after')).toBe(told);
    },
  );

  test('answers 404 for a path and 405 with Allow for a method that no route has (71)', async () => {
    const { url } = await serve([
      get('/a/{id}', () => Promise.resolve(empty())),
      { method: 'DELETE', path: '/a/{id}', handle: () => Promise.resolve(empty()) },
    ]);
    expect((await fetch(`${url}/b`)).status).toBe(404);
    const response = await fetch(`${url}/a/1`, { method: 'OPTIONS' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE');
  });

  test.each([
    ['//'],
    ['//evil/x'],
    ['/a/../../x'],
    ['/%2e%2e/'],
    ['/%zz'],
    ['http://evil/'],
    ['*'],
  ])('takes %s for no other path and no mistake of its own (71)', async (path) => {
    const { port } = await serve([get('/x', () => Promise.resolve(empty()))]);
    const text = await raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 (400|404) /);
  });

  test.each([
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    ['a length and chunks', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('refuses a request with %s (71)', async (_, rest) => {
    const { port } = await serve([
      { method: 'POST', path: '/', handle: () => Promise.resolve(empty()) },
    ]);
    const text = await raw(port, `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${rest}`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('answers HEAD with the headers of GET and no body (71)', async () => {
    let isRead = false;
    async function* body() {
      isRead = true;
      await Promise.resolve();
      yield Buffer.from('abc');
    }
    const answer = () => Promise.resolve(stream(200, body(), { 'content-length': '3' }));
    const { url } = await serve([get('/', answer)]);
    const response = await fetch(url, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('3');
    expect(await response.text()).toBe('');
    expect(isRead).toBe(false);
  });

  test('keeps the connection of an answered GET', async () => {
    const { port } = await serve([get('/', () => Promise.resolve(empty(200)))]);
    const two =
      'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect((await raw(port, two)).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  test('breaks a streamed body that fails, so that nobody takes a part for the whole (38)', async () => {
    async function* body() {
      yield Buffer.from('abc');
      await sleep(5);
      throw new AppError('storage');
    }
    const answer = () => Promise.resolve(stream(200, body(), { 'content-length': '6' }));
    const { url } = await serve([get('/', answer)]);
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('lets go of a streamed body whose client is gone (39)', async () => {
    const freed = Promise.withResolvers<boolean>();
    async function* body() {
      try {
        for (;;) {
          yield Buffer.alloc(1_024);
          await sleep(1);
        }
      } finally {
        freed.resolve(true);
      }
    }
    const { url } = await serve([get('/', () => Promise.resolve(stream(200, body(), {})))]);
    const client = new AbortController();
    await fetch(url, { signal: client.signal });
    client.abort();
    expect(await freed.promise).toBe(true);
  });

  test('cuts off a client that takes nothing of a stream for too long (39)', async () => {
    let letGo: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (letGo = resolve));
    async function* body() {
      try {
        for (;;) {
          await Promise.resolve();
          yield Buffer.alloc(65_536);
        }
      } finally {
        letGo();
      }
    }
    const answer = { ...stream(200, body(), {}), stallMs: 200 };
    const { port } = await serve([get('/', () => Promise.resolve(answer))]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await ended;
    socket.destroy();
  });

  test('tells a handler that its client is gone', async () => {
    const gone = Promise.withResolvers<boolean>();
    const started = Promise.withResolvers<boolean>();
    const { url } = await serve([
      get('/', async ({ signal }) => {
        signal.addEventListener('abort', () => gone.resolve(true));
        started.resolve(true);
        await gone.promise;
        return empty();
      }),
    ]);
    const client = new AbortController();
    const asking = fetch(url, { signal: client.signal }).catch(() => undefined);
    await started.promise;
    client.abort();
    await asking;
    expect(await gone.promise).toBe(true);
  });
});

describe('stop', () => {
  test('ends what waits for news and nothing else', async () => {
    const handler = httpFunction(
      once(() => Promise.resolve(baseDeps)),
      [
        get('/news', async ({ stopping }) => {
          await onceEvent(stopping, 'abort');
          return json(200, 'stopped');
        }),
        get('/work', async ({ stopping }) => {
          await sleep(200);
          return json(200, stopping.aborted);
        }),
      ],
    );
    served = await serveFunction(handler);
    const answers = ['news', 'work'].map(async (path) => {
      const answer = await fetch(`${served?.url ?? ''}/${path}`);
      return answer.json();
    });
    await sleep(100);
    handler.stop();
    expect(await Promise.all(answers)).toEqual(['stopped', true]);
  });

  test('reaches the dependencies long before they are closed (34)', async () => {
    const told: string[] = [];
    const deps = {
      stop: () => void told.push('stop'),
      close: () => Promise.resolve(void told.push('close')),
    };
    const handler = httpFunction(
      once(() => Promise.resolve(deps)),
      [],
    );
    await handler.ready();
    handler.stop();
    await sleep(0);
    expect(told).toEqual(['stop']);
    await handler.drain();
    expect(told).toEqual(['stop', 'close']);
  });

  test('is no error before there are dependencies, nor where they could not be built', async () => {
    const failing = httpFunction(
      once(() => Promise.reject(new Error('no database'))),
      [],
    );
    failing.stop();
    await expect(failing.ready()).rejects.toThrow('no database');
    failing.stop();
    await expect(failing.drain()).resolves.toBeUndefined();
  });
});

describe('an early answer', () => {
  const refusing: Route<Deps> = {
    method: 'POST',
    path: '/',
    handle: () => Promise.reject(new AppError('too_large')),
  };

  test('reaches a client that sends on before it reads (38)', async () => {
    const { port } = await serve([refusing]);
    const socket = connect(port, '127.0.0.1');
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    const closed = onceEvent(socket, 'close');
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n`;
    socket.write(head);
    for (let sent = 0; sent < 8; sent += 1) {
      socket.write(Buffer.alloc(1_000_000));
      await sleep(10);
    }
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    await closed;
    expect(Buffer.concat(pieces).toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(errors).toEqual([]);
  });

  test('ends the connection of a client that never stops sending', async () => {
    const { port } = await serve([refusing]);
    const started = Date.now();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const timer = setInterval(() => socket.write('1\r\nx\r\n'), 50);
    await onceEvent(socket, 'close');
    clearInterval(timer);
    expect(Date.now() - started).toBeLessThan(4_000);
  });
});

describe('a body', () => {
  const readWithin =
    (limits: BodyLimits): Route<Deps>['handle'] =>
    async (exchange) => {
      let bytes = 0;
      for await (const piece of exchange.body(limits)) bytes += piece.length;
      return json(200, { bytes });
    };
  const hash: Route<Deps> = {
    method: 'POST',
    path: '/',
    handle: readWithin({ idleMs: 100, totalMs: 400 }),
  };

  test('flows in whole', async () => {
    const { url } = await serve([hash]);
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(3_000_000) });
    expect(await response.json()).toEqual({ bytes: 3_000_000 });
  });

  test('that stands still is given up with 408 (22)', async () => {
    const { port } = await serve([hash]);
    const text = await raw(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('upload_timeout');
  });

  test.each([
    ['that drips is given up as if it stood still (23)', 1, { idleMs: 400, totalMs: 60_000 }],
    ['that flows is given up after the total time (23)', 20_000, { idleMs: 400, totalMs: 900 }],
  ])('%s', async (_, bytes, limits) => {
    const { port } = await serve([{ ...hash, handle: readWithin(limits) }]);
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    socket.on('error', () => undefined).on('data', (piece: Buffer) => pieces.push(piece));
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n');
    const startedAt = performance.now();
    const timer = setInterval(() => socket.write(Buffer.alloc(bytes)), 20);
    await onceEvent(socket, 'close');
    clearInterval(timer);
    expect(Buffer.concat(pieces).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - startedAt).toBeGreaterThan(bytes === 1 ? 390 : 890);
  });

  test('is not given up because its reader is slow', async () => {
    const slow: Route<Deps> = {
      ...hash,
      handle: async (exchange) => {
        let bytes = 0;
        for await (const piece of exchange.body({ idleMs: 20, totalMs: 5_000 })) {
          bytes += piece.length;
          await sleep(50);
        }
        return json(200, { bytes });
      },
    };
    const { url } = await serve([slow]);
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(400_000) });
    expect(await response.json()).toEqual({ bytes: 400_000 });
  });

  test('whose client is gone rejects with upload_incomplete (21)', async () => {
    const seen = Promise.withResolvers<unknown>();
    const { port } = await serve([
      {
        ...hash,
        handle: async (exchange, deps) =>
          hash.handle(exchange, deps).catch((error: unknown) => {
            seen.resolve(error);
            throw error;
          }),
      },
    ]);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    await sleep(30);
    socket.destroy();
    expect(await seen.promise).toMatchObject({ code: 'upload_incomplete' });
  });

  test('that is answered early keeps nobody waiting for its bytes', async () => {
    const seen = Promise.withResolvers<unknown>();
    const { port } = await serve([
      {
        ...hash,
        handle: async (exchange) => {
          const pieces = exchange.body({ idleMs: 60_000, totalMs: 60_000 })[Symbol.asyncIterator]();
          await pieces.next();
          pieces.next().catch(seen.resolve);
          throw new AppError('too_large');
        },
      },
    ]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    expect(await seen.promise).toMatchObject({ code: 'upload_incomplete' });
    socket.destroy();
  });

  const named: Route<Deps> = {
    method: 'POST',
    path: '/',
    handle: async (exchange) => json(200, await exchange.json(v.strictObject({ a: v.string() }))),
  };
  const post = (url: string, body: string | Buffer, type = 'application/json') =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });

  test.each([
    ['another type', '{"a":"b"}', 'text/plain', 415, 'unsupported_media_type'],
    ['what is no JSON', '{', undefined, 400, 'bad_request'],
    ['nothing', '', undefined, 400, 'bad_request'],
    ['NUL (14)', '{"a":"\\u0000"}', undefined, 400, 'bad_request'],
    ['an operator for a string (56)', '{"a":{"$ne":null}}', undefined, 400, 'invalid_input'],
    ['an unknown member (32)', '{"a":"b","ownerId":"x"}', undefined, 400, 'invalid_input'],
    ['__proto__ (56)', '{"a":"b","__proto__":{"x":1}}', undefined, 400, 'invalid_input'],
    ['more than 16 KiB (73)', `{"a":"${'x'.repeat(17_000)}"}`, undefined, 413, 'payload_too_large'],
    ['deep nesting (73)', '['.repeat(8_000), undefined, 400, 'bad_request'],
  ])('of JSON is refused for %s', async (_, body, type, status, code) => {
    const { url } = await serve([named]);
    const response = await post(url, body, type);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('of JSON is read with any parameter of its type', async () => {
    const { url } = await serve([named]);
    const response = await post(url, '{"a":"ü"}', 'Application/JSON; charset=utf-8');
    expect(await response.json()).toEqual({ a: 'ü' });
  });

  test('lists every problem of its input', async () => {
    const { url } = await serve([named]);
    const response = await post(url, '{"a":1,"b":2}');
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['a', 'b']);
  });
});

describe('loggedIn and only', () => {
  const routes = [
    get(
      '/mine',
      loggedIn((_exchange, _deps, { userId }) => Promise.resolve(json(200, userId))),
    ),
    get(
      '/admin',
      only('admin', () => Promise.resolve(empty())),
    ),
  ];
  const tokenOf = async (role: 'user' | 'admin') =>
    (await accessTokens.sign({ userId: 'ada', roles: [role] })).token;

  test('let a person in by a Bearer token', async () => {
    const { url } = await serve(routes);
    const authorization = `bearer ${await tokenOf('user')}`;
    expect(await (await fetch(`${url}/mine`, { headers: { authorization } })).json()).toBe('ada');
  });

  test.each([[''], ['Bearer'], ['Bearer x'], ['Basic YTpi'], ['Bearer a b']])(
    'refuse Authorization: %j',
    async (authorization) => {
      const { url } = await serve(routes);
      const response = await fetch(`${url}/mine`, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  test('let in only who has the role', async () => {
    const { url } = await serve(routes);
    const statuses = [];
    for (const role of ['user', 'admin'] as const) {
      const headers = { authorization: `Bearer ${await tokenOf(role)}` };
      statuses.push((await fetch(`${url}/admin`, { headers })).status);
    }
    expect(statuses).toEqual([403, 204]);
  });
});
