import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import type { ServerAddresses } from '../stack/servers.ts';
import { Mode } from './mode.ts';
import { type Proxy, startProxy } from './proxy.ts';

/** Servers that have a proxy in front of them. */
export type ProxiedName = 'postgres' | 'mongodb' | 'rabbitmq' | 'smtp';

/** A proxy in front of every server. */
export interface Proxies {
  /** The same servers, as those behind the proxies see them. */
  readonly addresses: ServerAddresses;
  /** `PUT <controlUrl>/<name>` with a {@link Mode} as JSON; GET tells it. */
  readonly controlUrl: string;
  readonly stop: () => Promise<void>;
}

/** Puts a proxy in front of each server; all let everything pass at first. */
export async function startProxies(servers: ServerAddresses): Promise<Proxies> {
  const proxies: Record<ProxiedName, Proxy> = {
    postgres: await startProxy(placeOf(servers.databaseUrl)),
    mongodb: await startProxy(placeOf(servers.mongodbUri)),
    rabbitmq: await startProxy(placeOf(servers.amqpUrl)),
    smtp: await startProxy(placeOf(servers.smtpUrl)),
  };
  const control = createServer((request, response) => {
    void obey(new Map(Object.entries(proxies)), request, response);
  });
  control.listen(0, '127.0.0.1');
  await once(control, 'listening');
  const address = control.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return {
    addresses: {
      ...servers,
      databaseUrl: through(servers.databaseUrl, proxies.postgres),
      // Else the driver asks the server where it is, and goes there past us.
      mongodbUri: through(servers.mongodbUri, proxies.mongodb, { directConnection: 'true' }),
      amqpUrl: through(servers.amqpUrl, proxies.rabbitmq),
      smtpUrl: through(servers.smtpUrl, proxies.smtp),
    },
    controlUrl: `http://127.0.0.1:${address.port}`,
    async stop() {
      control.close();
      control.closeAllConnections();
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    },
  };
}

async function obey(
  proxies: ReadonlyMap<string, Proxy>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const proxy = proxies.get((request.url ?? '').slice(1));
  if (proxy && request.method === 'GET') {
    response.end(JSON.stringify(proxy.mode()));
    return;
  }
  const mode = v.safeParse(Mode, await json(request).catch(() => undefined));
  if (proxy && mode.success) proxy.set(mode.output);
  response.writeHead(proxy && mode.success ? 204 : 400).end();
}

const usualPorts: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'mongodb:': 27017,
  'amqp:': 5672,
  'smtp:': 25,
};

function placeOf(address: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(address);
  return { host: hostname, port: Number(port) || (usualPorts[protocol] ?? 0) };
}

function through(address: string, { port }: Proxy, query: Record<string, string> = {}): string {
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
