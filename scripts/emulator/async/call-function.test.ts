import { createServer, type Server } from 'node:http';

import { describe, expect, test } from '@jest/globals';

import { listen } from '../http/server.ts';
import { callFunction } from './call-function.ts';

const call = {
  ...{ callId: 'c', name: 'jobs', target: '/', headers: {} },
  ...{ callbackUrl: undefined, body: Buffer.of() },
};
const outcomeAt = (port: number) =>
  callFunction(call, `http://127.0.0.1:${port}`, new AbortController().signal);

async function withServer<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  const port = await listen(server, 0);
  const result = await use(port);
  server.close();
  server.closeAllConnections();
  return result;
}

describe('callFunction', () => {
  test('tells what the gateway answered, good or bad', async () => {
    const server = createServer((_req, res) => res.writeHead(418).end('short'));
    const { status, body } = await withServer(server, outcomeAt);
    expect([status, body.toString()]).toEqual([418, 'short']);
  });

  test('reports 503 when the connection breaks', async () => {
    const server = createServer((req) => req.socket.destroy());
    const { status, body } = await withServer(server, outcomeAt);
    expect([status, body.length]).toEqual([503, 0]);
  });
});
