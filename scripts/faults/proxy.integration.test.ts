import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Proxy, startProxy } from './proxy.ts';

let server: Server;
let proxy: Proxy;
let heard = '';

/** A server that answers each piece with the same in capitals. */
beforeEach(async () => {
  heard = '';
  server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (piece) => {
        heard += piece.toString();
        socket.write(piece.toString().toUpperCase());
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  server.close();
  await once(server, 'close');
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** What comes back for a piece within the time; undefined when nothing does. */
async function ask(socket: Socket, piece: string, withinMs = 1_000): Promise<string | undefined> {
  socket.write(piece);
  const answered = once(socket, 'data').catch(() => []);
  const [answer] = (await Promise.race([answered, sleep(withinMs, [])])) as Buffer[];
  return answer?.toString();
}

async function isReset(socket: Socket): Promise<boolean> {
  const [error] = (await Promise.race([once(socket, 'error'), sleep(1_000, [])])) as Error[];
  return error !== undefined || socket.destroyed;
}

describe('startProxy', () => {
  test('passes bytes both ways', async () => {
    const socket = await open();
    expect(await ask(socket, 'one')).toBe('ONE');
    expect(await ask(socket, 'two')).toBe('TWO');
    socket.destroy();
  });

  test('refuses new connections and resets those that are open', async () => {
    const socket = await open();
    await ask(socket, 'one');
    proxy.set({ kind: 'refuse' });
    expect(await isReset(socket)).toBe(true);
    const next = connect(proxy.port, '127.0.0.1');
    await expect(once(next, 'data')).rejects.toThrow('ECONNRESET');
    proxy.set({ kind: 'pass' });
    const last = await open();
    expect(await ask(last, 'back')).toBe('BACK');
    last.destroy();
  });

  test('swallows everything as a black hole, and nothing afterwards', async () => {
    const socket = await open();
    proxy.set({ kind: 'black-hole' });
    expect(await ask(socket, 'one', 200)).toBeUndefined();
    expect(heard).toBe('');
    proxy.set({ kind: 'pass' });
    expect(await ask(socket, 'two')).toBe('TWO');
    socket.destroy();
  });

  test('delays each piece, both ways', async () => {
    const socket = await open();
    proxy.set({ kind: 'delay', ms: 100 });
    const startedAt = performance.now();
    expect(await ask(socket, 'one')).toBe('ONE');
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    socket.destroy();
  });

  test('delays pieces side by side, and keeps their order', async () => {
    const socket = await open();
    proxy.set({ kind: 'delay', ms: 300 });
    const startedAt = performance.now();
    for (const piece of ['a', 'b', 'c', 'd']) {
      socket.write(piece);
      await sleep(20);
    }
    proxy.set({ kind: 'pass' });
    socket.write('e');
    let answer = '';
    while (answer.length < 5) answer += String((await once(socket, 'data'))[0]);
    expect(answer).toBe('ABCDE');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    socket.destroy();
  });

  test('lets no more through than it is told to', async () => {
    const socket = await open();
    proxy.set({ kind: 'throttle', bytesPerSecond: 1_000 });
    const startedAt = performance.now();
    expect(await ask(socket, 'x'.repeat(100))).toHaveLength(100);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    socket.destroy();
  });

  test('cuts a connection after so many bytes, and not before', async () => {
    const socket = await open();
    proxy.set({ kind: 'cut', afterBytes: 5 });
    expect(await ask(socket, 'four')).toBe('FOUR');
    const ended = isReset(socket);
    socket.write('four');
    expect(await ended).toBe(true);
  });

  test('loses one reply, to the request that it is told of', async () => {
    proxy.set({ kind: 'lose-reply', containing: 'commit', answering: '', times: 1 });
    const socket = await open();
    expect(await ask(socket, 'select')).toBe('SELECT');
    const ended = isReset(socket);
    expect(await ask(socket, 'commit', 200)).toBeUndefined();
    expect(await ended).toBe(true);
    expect(heard).toBe('selectcommit');
    const next = await open();
    expect(await ask(next, 'commit')).toBe('COMMIT');
    next.destroy();
  });

  test('loses no reply that does not hold what it is told of', async () => {
    proxy.set({ kind: 'lose-reply', containing: 'commit', answering: 'B', times: 1 });
    const socket = await open();
    expect(await ask(socket, 'commit a')).toBe('COMMIT A');
    expect(proxy.mode().kind).toBe('lose-reply');
    expect(await ask(socket, 'commit b', 200)).toBeUndefined();
    expect(proxy.mode().kind).toBe('pass');
    socket.destroy();
  });

  test('loses every request that it is told of, and no other', async () => {
    proxy.set({ kind: 'lose-request', containing: 'commit' });
    const socket = await open();
    expect(await ask(socket, 'select')).toBe('SELECT');
    const ended = isReset(socket);
    expect(await ask(socket, 'commit', 200)).toBeUndefined();
    expect(await ended).toBe(true);
    expect(heard).toBe('select');
  });
});
