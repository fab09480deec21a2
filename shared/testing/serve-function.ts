import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FunctionHandler } from '#shared/runtime/function';

/** A function behind node:http on loopback, served as template/node-bundle/index.js does. */
export interface ServedFunction {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves until `close`, which drains the function too. */
export async function serveFunction(handler: FunctionHandler): Promise<ServedFunction> {
  await handler.ready();
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (req, res) => {
    void handler.handle(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      handler.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await handler.drain();
    },
  };
}
