import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { ServedSource } from '#shared/core/ports';
import { createSourceServer } from './source-server.ts';

const bytes = 1_000_000;
let server: Awaited<ReturnType<typeof createSourceServer>>;
let served: ServedSource;
let reads: AbortSignal[] = [];

beforeAll(async () => {
  server = await createSourceServer();
});
afterAll(() => server.close());

/** Byte `n` of the file is `n % 251`. */
function content(start: number, end: number): Buffer {
  return Buffer.from(Array.from({ length: end - start }, (_, n) => (start + n) % 251));
}

async function serve(fails = false): Promise<void> {
  reads = [];
  served = await server.serve({
    bytes,
    async *read({ start, end }, signal) {
      reads.push(signal);
      for (let at = start; at < end; at += 1_000) {
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        if (fails) throw new Error('the store is away');
        yield content(at, Math.min(at + 1_000, end));
      }
    },
  });
}

async function get(range?: string, method = 'GET') {
  const headers = range === undefined ? {} : { range };
  const response = await fetch(served.url, { method, headers });
  return { response, body: Buffer.from(await response.arrayBuffer()) };
}

describe('createSourceServer', () => {
  test('gives the whole file', async () => {
    await serve();
    const { response, body } = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(body.equals(content(0, bytes))).toBe(true);
  });

  test('gives the part that is asked for', async () => {
    await serve();
    const { response, body } = await get('bytes=5000-7999');
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 5000-7999/1000000');
    expect(body.equals(content(5_000, 8_000))).toBe(true);
  });

  test('gives little to whoever may jump on, and more to whoever comes back', async () => {
    await serve();
    const lengths: number[] = [];
    for (let at = 0; at < bytes;) {
      const { response, body } = await get(`bytes=${at}-`);
      expect(response.headers.get('content-range')).toBe(
        `bytes ${at}-${at + body.length - 1}/${bytes}`,
      );
      expect(body.equals(content(at, at + body.length))).toBe(true);
      lengths.push(body.length);
      at += body.length;
    }
    expect(lengths).toEqual([261_120, 522_240, 216_640]);
    expect((await get('bytes=600000-')).body).toHaveLength(183_360);
  });

  test('refuses a part behind the end', async () => {
    await serve();
    expect((await get('bytes=1000000-')).response.status).toBe(416);
  });

  test('tells the length without reading', async () => {
    await serve();
    const { response } = await get(undefined, 'HEAD');
    expect(response.headers.get('content-length')).toBe('1000000');
    expect(reads).toEqual([]);
  });

  test('knows nothing under another path, nor after the file is closed', async () => {
    await serve();
    const { url } = served;
    expect(new URL(url).pathname).toMatch(/^\/[0-9a-f]{32}$/);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect((await fetch(new URL('/', url))).status).toBe(404);
    await served.close();
    expect((await fetch(url)).status).toBe(404);
  });

  test('stops reading when the connection ends', async () => {
    await serve();
    const gone = new AbortController();
    const response = await fetch(served.url, { signal: gone.signal });
    await response.body?.getReader().read();
    gone.abort();
    await new Promise<void>((resolve) => reads[0]?.addEventListener('abort', () => resolve()));
    expect(reads).toHaveLength(1);
  });

  test('ends the connection, never the file, when the store fails', async () => {
    await serve(true);
    await expect(get()).rejects.toThrow();
  });
});
