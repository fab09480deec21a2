/**
 * Requests for events go another way through of-watchdog, Go's plain reverse proxy: each piece is
 * passed on at once, there is no exec_timeout and no X-Duration-Seconds, the caller's address is
 * added to X-Forwarded-For, and where the process cannot be reached the answer is an empty 200.
 */
import type { IncomingMessage } from 'node:http';

import { setHead } from '../http/head.ts';
import { endToEndHeaders, type HeaderLists } from '../http/headers.ts';
import { relay } from '../http/relay.ts';
import { answer, startClock, type Call } from './call.ts';
import { requestHeaders } from './forward.ts';
import type { Upstream } from './upstream.ts';
import { stamped } from './log-format.ts';

const EVENT_TYPES = ['text/event-stream', 'application/x-ndjson'];

export function wantsEvents({ headers }: IncomingMessage): boolean {
  const accept = headers.accept?.toLowerCase() ?? '';
  return EVENT_TYPES.some((type) => accept.includes(type));
}

export function forwardEvents(
  { req, res, target }: Call,
  { port, prefix, agent }: Upstream,
  log: (line: string) => void,
): void {
  const seconds = startClock();
  res.once('close', () => {
    // Status and size are what the original writes for each of them.
    const line = `${req.method ?? ''} ${target} - 200 - Bytes: 0B (${seconds().toFixed(4)}s)`;
    log(stamped(line));
  });
  const answerNothing = (): void => answer(res, 200);
  relay({
    ...{ req, res, deadlineMs: undefined },
    upstream: { port, path: prefix + target, headers: headersFor(req), agent },
    writeHead: (upstream) => {
      setHead(res, upstream.statusCode ?? 500, endToEndHeaders(upstream));
      res.flushHeaders();
      return { body: upstream, outlet: res };
    },
    answerTimeout: answerNothing,
    answerUnreachable: answerNothing,
  });
}

function headersFor(req: IncomingMessage): HeaderLists {
  const before = req.headersDistinct['x-forwarded-for'] ?? [];
  const hops = [...before, req.socket.remoteAddress ?? ''];
  return { ...requestHeaders(req), 'x-forwarded-for': [hops.join(', ')] };
}
