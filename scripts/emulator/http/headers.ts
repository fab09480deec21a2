/** Header rules both hops share. */
import type { IncomingMessage } from 'node:http';

export type HeaderLists = Record<string, string[]>;

/** Removed on the way to a function; `Authorization`, `Cookie` and `Expect` do pass. */
const HOP_BY_HOP = [
  'host',
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Headers by lower-cased name, without those that belong to one connection only. */
export function endToEndHeaders(message: IncomingMessage): HeaderLists {
  const headers: HeaderLists = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values !== undefined && !HOP_BY_HOP.includes(name)) headers[name] = values;
  }
  return headers;
}

export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** A proxied body loses its Content-Length: the next hop sees it chunked. */
export function frameBody(headers: HeaderLists, req: IncomingMessage): HeaderLists {
  if (!hasBody(req)) return headers;
  const framed: HeaderLists = { ...headers, 'transfer-encoding': ['chunked'] };
  delete framed['content-length'];
  return framed;
}
