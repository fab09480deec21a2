import { createHash } from 'node:crypto';
import { once as onceEvent } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readMultipart } from '#shared/adapters/busboy/multipart';
import { ConversionOptions } from '#shared/contracts/options';
import { UploadQuery } from '#shared/contracts/upload';
import { httpFunction } from '#shared/runtime/http';
import { json } from '#shared/runtime/http/answer';
import { loggedIn } from '#shared/runtime/http/auth';
import { validate } from '#shared/runtime/http/body';
import { once } from '#shared/runtime/once';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import {
  boundary,
  field,
  form,
  formType,
  malformedForms,
  mutate,
  seeded,
} from '#shared/testing/multipart.corpus';
import { createFakeRateLimiter } from '#shared/testing/rate-limiter.fake';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import { createFakeStore } from '#shared/testing/store.fake';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { uploadBody, uploadForm } from './endpoints.ts';
import { createSlots } from './slots.ts';

const ada = '0190a8f0-0000-7000-8000-00000000000a';
const idOf = (n: number) => `0190a8f0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const mp4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(300_000, 'v')]);
const maxBytes = 1_000_000;
const accessTokens = createFakeAccessTokens();

const newWorld = () => ({ truth: createFakeStore(), files: createFakeFileStore() });
let world: ReturnType<typeof newWorld>;
let ids: number;
let served: ServedFunction;
let authorization: string;
const stray: unknown[] = [];
const noteStray = (error: unknown) => void stray.push(error);

async function build() {
  const { truth, files } = world;
  const quiet = () => undefined;
  return Promise.resolve({
    accessTokens,
    limiter: createFakeRateLimiter(Infinity),
    slots: createSlots(20),
    limits: { maxBytes, maxSeconds: 3_600, uploadSeconds: 60, leaseSeconds: 60, maxActive: 10_000 },
    keys: truth.idempotencyKeys,
    intake: truth.jobIntake,
    shelf: truth.jobShelf,
    files,
    ring: () => Promise.resolve(),
    inBackground: (work: () => Promise<unknown>) => void work(),
    readMultipart,
    checkOptions: (fields: unknown) => validate(ConversionOptions, fields),
    newId: () => idOf((ids += 1)),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    close: () => Promise.resolve(),
  });
}

beforeAll(() => {
  process.on('uncaughtException', noteStray).on('unhandledRejection', noteStray);
});
afterAll(() => {
  process.off('uncaughtException', noteStray).off('unhandledRejection', noteStray);
});
beforeEach(async () => {
  ids = 0;
  world = newWorld();
  await world.truth.users.create({ id: ada, email: 'a', emailKey: 'a', passwordHash: 'x' });
  authorization = `Bearer ${(await accessTokens.sign({ userId: ada, roles: ['user'] })).token}`;
  served = await serveFunction(
    httpFunction(once(build), [
      {
        method: 'POST',
        path: '/',
        handle: loggedIn(async (exchange, deps, { userId }) =>
          json(202, await uploadForm(deps)(exchange, userId)),
        ),
      },
      {
        method: 'PUT',
        path: '/',
        handle: loggedIn(async (exchange, deps, { userId }) =>
          json(202, await uploadBody(deps)(exchange, userId, exchange.query(UploadQuery))),
        ),
      },
    ]),
  );
});
afterEach(async () => {
  await served.close();
  expect(stray).toEqual([]);
});

const post = (body: Buffer, type = formType, headers: Record<string, string> = {}) =>
  fetch(served.url, {
    method: 'POST',
    headers: { authorization, 'content-type': type, ...headers },
    body: new Uint8Array(body),
  });
const put = (query: string, body: Buffer, headers: Record<string, string> = {}) =>
  fetch(`${served.url}/?${query}`, {
    method: 'PUT',
    headers: { authorization, ...headers },
    body: new Uint8Array(body),
  });
const jobs = () => world.truth.jobShelf.list(ada, { before: undefined, limit: 10_000 });

describe('POST upload', () => {
  test('takes a form with options and video', async () => {
    const response = await post(form(mp4, [field('bitrate', '320')]));
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      state: 'queued',
      source: {
        name: 'a.mp4',
        bytes: mp4.length,
        sha256: createHash('sha256').update(mp4).digest('hex'),
      },
      options: { bitrate: 320 },
    });
  });

  test.each(malformedForms.map(({ what, ...form }) => [what, form] as const))(
    'refuses %s and stores nothing (39)',
    async (_, { body, contentType }) => {
      const response = await post(body, contentType);
      expect(response.status).toBe(400);
      expect((await jobs()).filter(({ state }) => state !== 'aborted')).toEqual([]);
      expect(await world.files.listOlderThan('videos', -60, 10)).toEqual([]);
    },
  );

  test('answers 400 to a malformed form after a whole video, never 2xx (40)', async () => {
    const body = form(mp4).subarray(0, -(boundary.length + 8));
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await jobs()).toMatchObject([{ state: 'aborted', error: { code: 'bad_request' } }]);
  });

  test.each([
    ['an option nobody knows', field('speed', '2')],
    ['a quality that is none', field('quality', 'best')],
    ['a bit rate that is none', field('bitrate', '191')],
    ['an owner (32)', field('ownerId', idOf(9))],
    ['a prototype (43)', field('__proto__', '1')],
  ])('refuses %s before a job is opened', async (_, option) => {
    const response = await post(form(mp4, [option]));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_input' });
    expect(await jobs()).toEqual([]);
  });

  test('refuses options that exclude each other, with each reason, before a job is opened', async () => {
    const response = await post(form(mp4, [field('bitrate', '320'), field('sampleRate', '8000')]));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      ...{ code: 'impossible_options', errors: [{ path: 'bitrate' }] },
      detail: 'At 8000 Hz an MP3 has a bit rate of 8, 16, 24, 32, 40, 48, 56, 64 kb/s.',
    });
    expect(await jobs()).toEqual([]);
  });

  test('refuses another Content-Type (45)', async () => {
    expect((await post(form(mp4), 'text/plain')).status).toBe(415);
  });

  test('refuses by its first bytes what is no video (46)', async () => {
    const response = await post(form('<html></html>'));
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'not_media' });
  });

  test('refuses who is not logged in, before a byte is read', async () => {
    expect((await post(form(mp4), formType, { authorization: 'Bearer x' })).status).toBe(401);
    expect(await jobs()).toEqual([]);
  });

  test('survives 500 mutated forms over HTTP (39)', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = seeded(seed);
    const whole = form(mp4.subarray(0, 600), [field('bitrate', '192')]);
    const statuses = new Set<number>();
    for (let n = 0; n < 500; n += 1) statuses.add((await post(mutate(whole, random))).status);
    expect({ seed, odd: [...statuses].filter((s) => ![202, 400, 415].includes(s)) }).toEqual({
      seed,
      odd: [],
    });
  }, 60_000);
});

describe('PUT upload', () => {
  test('takes a body with name and options in the query', async () => {
    const response = await put('name=%E6%97%A5%E6%9C%AC.mov&bitrate=64', mp4);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      source: { name: '日本.mov' },
      options: { bitrate: 64 },
    });
  });

  test('takes times, languages and words as text', async () => {
    const query = 'name=a&start=1:30&end=0:02:00.5&track=de&title=See&cover=false&quality=2';
    expect(await (await put(query, mp4)).json()).toMatchObject({
      ...{ state: 'queued' },
      options: {
        ...{ start: 90, end: 120.5, track: 'de', title: 'See', cover: false },
        ...{ quality: 2, bitrate: null, chapters: true },
      },
    });
  });

  test('refuses options that exclude each other', async () => {
    const response = await put('name=a&start=5&end=4', mp4);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      ...{ code: 'impossible_options', errors: [{ path: 'end' }] },
    });
    expect(await jobs()).toEqual([]);
  });

  test.each([[''], ['name='], ['name=a&bitrate=1'], ['name=a&state=done']])(
    'refuses the query ?%s (32)',
    async (query) => {
      expect((await put(query, mp4)).status).toBe(400);
      expect(await jobs()).toEqual([]);
    },
  );

  test('refuses an empty body', async () => {
    expect((await put('name=a', Buffer.alloc(0))).status).toBe(400);
  });

  test.each([
    ['Content-Length', (bytes: number) => put('name=a', Buffer.alloc(bytes)), maxBytes + 1],
    [
      'X-Upload-Length',
      (bytes: number) => put('name=a', mp4, { 'x-upload-length': String(bytes) }),
      maxBytes + 1,
    ],
  ])('refuses a told %s beyond the limit before a job is opened (38)', async (_, send, bytes) => {
    const response = await send(bytes);
    expect(response.status).toBe(413);
    expect(await jobs()).toEqual([]);
  });

  test('counts a body whose length nobody told, and stops at the limit (38)', async () => {
    async function* flow() {
      yield mp4;
      for (let n = 0; n < 40; n += 1) {
        await Promise.resolve();
        yield Buffer.alloc(64 * 1024);
      }
    }
    const init = { method: 'PUT', headers: { authorization }, duplex: 'half' };
    const response = await fetch(`${served.url}/?name=a`, {
      ...init,
      body: ReadableStream.from(flow()),
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(await jobs()).toMatchObject([{ state: 'aborted', error: { code: 'too_large' } }]);
  });

  test('refuses a malformed Idempotency-Key and a malformed length', async () => {
    expect((await put('name=a', mp4, { 'idempotency-key': 'x'.repeat(201) })).status).toBe(400);
    expect((await put('name=a', mp4, { 'x-upload-length': '1e3' })).status).toBe(400);
  });

  test('gives the same answer to the same request with its Idempotency-Key', async () => {
    const send = async () => (await put('name=a', mp4, { 'idempotency-key': 'k' })).json();
    expect(await send()).toEqual(await send());
    expect(await jobs()).toHaveLength(1);
  });
});

describe('a client that is gone at half (21)', () => {
  test.each([
    ['PUT', 'PUT /?name=a HTTP/1.1', '', mp4],
    ['POST', 'POST / HTTP/1.1', `Content-Type: ${formType}\r\n`, form(mp4)],
  ])('%s leaves an aborted job and no bytes', async (_, line, headers, body) => {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `${line}\r\nHost: a\r\nAuthorization: ${authorization}\r\n${headers}Content-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length / 2));
    await sleep(50);
    expect(await jobs()).toMatchObject([{ state: 'uploading' }]);
    socket.destroy();
    await onceEvent(socket, 'close');
    for (let n = 0; n < 100 && (await jobs())[0]?.state === 'uploading'; n += 1) await sleep(10);
    expect(await jobs()).toMatchObject([
      { state: 'aborted', error: { code: 'upload_incomplete' } },
    ]);
    expect(await world.files.listOlderThan('videos', -60, 10)).toEqual([]);
  });
});

describe('many at once', () => {
  test('are all answered: 202, or 429 or 503 with Retry-After (33)', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => put('name=a', mp4)));
    const odd = answers.filter(
      ({ status, headers }) =>
        status !== 202 && !([429, 503].includes(status) && headers.has('retry-after')),
    );
    expect(odd).toEqual([]);
    expect(answers.some(({ status }) => status === 202)).toBe(true);
  });
});
