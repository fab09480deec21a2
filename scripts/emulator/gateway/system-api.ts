import type { IncomingMessage, ServerResponse } from 'node:http';

import { limitExchange, type ExchangeLimits } from '../http/exchange-limits.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import { ProviderError } from '../provider/provider-error.ts';
import { sendText } from './respond.ts';

export type SystemApi = (req: IncomingMessage, res: ServerResponse, path: string) => void;

export interface SystemCall {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** What stands in the place of {name} in the route. */
  readonly name: string;
  readonly query: URLSearchParams;
}

export type Endpoint = (call: SystemCall) => Promise<void> | void;

/** Methods by path; a path that ends in / takes a name after it. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Endpoint>>>>;

const MAX_BODY_BYTES = 4 << 20;

export function createSystemApi(routes: Routes, limits: ExchangeLimits): SystemApi {
  return (req, res, path) => {
    limitExchange(req, res, limits);
    const lastSlash = path.lastIndexOf('/') + 1;
    const methods = routes[path] ?? routes[path.slice(0, lastSlash)];
    const endpoint = methods?.[req.method ?? ''];
    const query = new URL(req.url ?? '/', 'http://gateway').searchParams;
    if (methods === undefined) sendText(res, 404);
    else if (endpoint === undefined) sendText(res, 405);
    else void run(endpoint, { req, res, name: path.slice(lastSlash), query });
  };
}

/** Throws a ProviderError 400 when the body is no JSON object. */
export async function readJson(req: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the request has an encoding set');
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ProviderError(400, 'the body is too large');
  }
  const body = parseJsonObject(Buffer.concat(chunks).toString('utf8'));
  if (body === undefined) throw new ProviderError(400, 'the body is not a JSON object');
  return body;
}

async function run(endpoint: Endpoint, call: SystemCall): Promise<void> {
  try {
    await endpoint(call);
  } catch (error) {
    if (call.res.headersSent) call.res.destroy();
    else if (error instanceof ProviderError) sendText(call.res, error.status, error.message);
    else sendText(call.res, 500, String(error));
  }
}
