import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { setHead } from '../http/head.ts';
import { endToEndHeaders } from '../http/headers.ts';
import type { Passage } from '../http/relay.ts';
import { asksForGzip } from './request-headers.ts';
import { Withhold } from './withhold.ts';

/** Sets the head of the client's response and says which way its body goes. */
export function writeResponseHead(
  req: IncomingMessage,
  res: ServerResponse,
  answer: IncomingMessage,
): Passage {
  const headers = endToEndHeaders(answer);
  headers['content-type'] ??= [req.headers['content-type'] ?? 'text/plain'];
  let body: Readable = answer;
  if (asksForGzip(req) && headers['content-encoding']?.[0] === 'gzip') {
    delete headers['content-encoding'];
    delete headers['content-length'];
    // An error breaks the unpacked body, where it is seen.
    body = pipeline(answer, createGunzip(), () => undefined);
  }
  setHead(res, answer.statusCode ?? 500, headers);
  const isUnheld = req.headers.accept?.startsWith('text/event-stream') ?? false;
  if (isUnheld) res.flushHeaders();
  return { body, outlet: isUnheld ? res : new Withhold(res) };
}
