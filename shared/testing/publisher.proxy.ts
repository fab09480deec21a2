import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback in front of a server, to take the server away in several ways. */
export interface Proxy {
  /** `host:port` of the proxy, the same for its whole life. */
  readonly host: string;
  /** Passes everything on; also after one of the faults. */
  open(): Promise<void>;
  /** Resets what is connected and refuses what comes. */
  refuse(): Promise<void>;
  /** Says nothing more to anybody: what is connected stays, what comes is accepted. */
  fallSilent(): void;
  close(): Promise<void>;
}

/** Starts a proxy to a server, passing everything on. */
export async function createProxy(target: { host: string; port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let silent = false;

  function accept(client: Socket): void {
    track(client);
    if (silent) return;
    const upstream = track(connect(target));
    client.on('data', (data) => silent || upstream.write(data));
    upstream.on('data', (data) => silent || client.write(data));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => silent || client.destroy());
  }

  function track(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  async function open(): Promise<void> {
    silent = false;
    if (server) return;
    server = createServer(accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function refuse(): Promise<void> {
    const closing = server;
    server = undefined;
    closing?.close();
    for (const socket of sockets) socket.resetAndDestroy();
    if (closing) await once(closing, 'close');
  }

  await open();
  return {
    host: `127.0.0.1:${port}`,
    open,
    refuse,
    fallSilent() {
      silent = true;
    },
    close: refuse,
  };
}
