import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { setHead } from '../http/head.ts';
import { endToEndHeaders } from '../http/headers.ts';
import { asksForGzip } from './request-headers.ts';
import { Withhold } from './withhold.ts';

/** Sets the head of the client's response; the body passes through what is returned. */
export function writeResponseHead(
  req: IncomingMessage,
  res: ServerResponse,
  answer: IncomingMessage,
): Transform[] {
  const headers = endToEndHeaders(answer);
  headers['content-type'] ??= [req.headers['content-type'] ?? 'text/plain'];
  const stages: Transform[] = [];
  if (asksForGzip(req) && headers['content-encoding']?.[0] === 'gzip') {
    delete headers['content-encoding'];
    delete headers['content-length'];
    stages.push(createGunzip());
  }
  setHead(res, answer.statusCode ?? 500, headers);
  if (req.headers.accept?.startsWith('text/event-stream')) res.flushHeaders();
  else stages.push(new Withhold());
  return stages;
}
