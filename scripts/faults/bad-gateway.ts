import { once } from 'node:events';
import { createServer } from 'node:http';

/** A gateway that reaches no function. */
export interface BadGateway {
  readonly url: string;
  /** What it answers from now on. */
  answer(status: number): void;
  /** How often it was asked. */
  calls(): number;
  close(): Promise<void>;
}

/** Starts one on loopback, which answers 502. */
export async function startBadGateway(): Promise<BadGateway> {
  let status = 502;
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    answer: (next) => void (status = next),
    calls: () => calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
