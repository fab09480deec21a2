import { createConnection } from 'node:net';
import type { Server } from 'node:http';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { listen } from '../http/server.ts';
import { CONTROL_PATH, createControlServer } from './control.ts';
import { FlawSwitches } from './flaw-switches.ts';
import { newStatus } from './status.ts';

describe('createControlServer', () => {
  const flaws = new FlawSwitches([]);
  const status = newStatus();
  let server: Server;
  let url: string;
  beforeEach(async () => {
    flaws.reset();
    server = createControlServer({ flaws, status });
    url = `http://127.0.0.1:${await listen(server, 0)}${CONTROL_PATH}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  test('tells what the connector does and every flaw with a sentence', async () => {
    const answer = await fetch(url);
    expect(await answer.json()).toMatchObject({
      starts: 0,
      consumed: [],
      topics: {},
      flaws: expect.arrayContaining([
        {
          code: 'L1',
          sentence: expect.any(String),
          provoked: expect.any(String),
          left: 0,
          happened: 0,
        },
      ]),
    });
  });

  test.each([
    ['{"times": 3}', 3],
    ['', 1],
  ])('PUT with "%s" switches a flaw on for %d times', async (body, times) => {
    const answer = await fetch(`${url}/flaws/D3`, { method: 'PUT', body });
    expect([answer.status, flaws.left('D3')]).toEqual([200, times]);
  });

  test('DELETE switches one flaw off, and another not', async () => {
    flaws.switchOn({ code: 'L1', times: 1 });
    flaws.switchOn({ code: 'D3', times: 1 });
    await fetch(`${url}/flaws/L1`, { method: 'DELETE' });
    expect([flaws.left('L1'), flaws.left('D3')]).toEqual([0, 1]);
  });

  test('DELETE of all switches every flaw off', async () => {
    flaws.switchOn({ code: 'L1', times: 1 });
    const { status } = await fetch(`${url}/flaws`, { method: 'DELETE' });
    expect([status, flaws.left('L1')]).toEqual([200, 0]);
  });

  test('DELETE of the calls tells what came of them, and forgets them', async () => {
    await status.calls.observe('bell', () => Promise.resolve(200));
    const take = async () => (await fetch(`${url}/calls`, { method: 'DELETE' })).json();
    expect(await take()).toMatchObject({ calls: [{ functionName: 'bell', status: 200 }] });
    expect(await take()).toEqual({ calls: [] });
  });

  test.each(['{"times": 0}', '{"times": "many"}', '[]', 'once'])(
    'refuses %s with 400 and switches nothing on',
    async (body) => {
      const answer = await fetch(`${url}/flaws/L1`, { method: 'PUT', body });
      expect([answer.status, flaws.left('L1')]).toEqual([400, 0]);
    },
  );

  test.each([
    ['PUT', '/flaws/L7', 404],
    ['GET', '/flaws/L1', 405],
    ['GET', '/other', 404],
    ['PUT', '', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
  });

  test('survives a client that goes in the middle of its request', async () => {
    const { port } = new URL(url);
    const head = `PUT ${CONTROL_PATH}/flaws/L1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{`;
    const socket = createConnection(Number(port), '127.0.0.1', () => {
      socket.write(head, () => socket.destroy());
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await fetch(url)).status).toBe(200);
  });
});
