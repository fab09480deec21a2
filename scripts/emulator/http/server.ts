import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/**
 * Connections that wait to be accepted, as many as Go asks for. One beyond them looks open to its
 * client, and is reset seconds later.
 */
const BACKLOG = 4_096;
/**
 * How long a client that still uploads gets to read an early answer. Go's server grants 500 ms; here
 * one event loop serves both ends, and has to come round to the client first.
 */
const LINGER_MS = 3_000;
const LINGER_TURNS = 6;

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * An HTTP server fit for bodies of any length: no deadline of its own, and an answer given before
 * the upload ended still reaches the client. `Expect: 100-continue` is left to the handler.
 */
export function createStreamingServer(handler: Handler): Server {
  const options = { requestTimeout: 0, keepAliveTimeout: 75_000, maxHeaderSize: 1 << 20 };
  const handle: Handler = (req, res) => {
    res.once('finish', () => linger(req));
    handler(req, res);
  };
  return createServer(options, handle).on('checkContinue', handle);
}

/** Resolves with the port once the server accepts connections: on loopback, unless told where. */
export async function listen(server: TcpServer, port: number, host = LOOPBACK): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve(portOf(server.address()));
    });
  });
}

/** The wanted port, or one the system chooses when somebody else has it. */
export async function listenOnFreePort(
  server: Server,
  wanted: number,
  host = LOOPBACK,
): Promise<number> {
  try {
    return await listen(server, wanted, host);
  } catch {
    return listen(server, 0, host);
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  return address.port;
}

/**
 * Counted in turns of the event loop, each of which reads what came. Where the loop is late, one
 * timer would close the connection before anybody read the answer.
 */
function linger(req: IncomingMessage): void {
  if (req.complete) return;
  req.unpipe();
  req.resume();
  let turns = LINGER_TURNS;
  const timer = setInterval(() => {
    turns -= 1;
    if (turns === 0) req.socket.destroy();
  }, LINGER_MS / LINGER_TURNS);
  for (const event of ['end', 'close']) req.once(event, () => clearInterval(timer));
}
