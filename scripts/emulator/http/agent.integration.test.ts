import { createServer, request, type Agent, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { createAgent } from './agent.ts';
import { listen } from './server.ts';

let server: Server;
let agent: Agent;
let port = 0;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  server = createServer({ keepAliveTimeout: 75_000 }, (_req, res) => res.end('heard'));
  server.on('connection', () => (connections += 1));
  port = await listen(server, 0);
  agent = createAgent();
});
afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, agent }, (answer) => answer.resume().once('close', resolve));
    asked.once('error', reject).end();
  });
}

describe('createAgent', () => {
  test('uses a fresh connection again', async () => {
    await ask();
    await ask();
    expect(connections).toBe(1);
  });

  test('uses no connection again that was idle for as long as a server may close it (33)', async () => {
    await ask();
    await sleep(5_500);
    await ask();
    expect(connections).toBe(2);
  });
});
