import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { endToEndHeaders, frameBody, type HeaderLists } from '../http/headers.ts';

const USER_AGENT = 'openfaas-emulator';

/** What the gateway knows of one call before it is forwarded. */
export interface CallMarks {
  readonly callId: string;
  readonly isOwnCallId: boolean;
  /** Unix time in nanoseconds. */
  readonly startTime: string;
}

export function markCall(req: IncomingMessage): CallMarks {
  const sent = req.headersDistinct['x-call-id']?.[0];
  const startTime = (BigInt(Date.now()) * 1_000_000n).toString();
  return { callId: sent ?? randomUUID(), isOwnCallId: sent === undefined, startTime };
}

/** What the client is told of its call. */
export function markResponse(
  res: ServerResponse,
  { callId, isOwnCallId, startTime }: CallMarks,
): void {
  if (isOwnCallId) res.setHeader('X-Call-Id', callId);
  res.setHeader('X-Start-Time', startTime);
  res.setHeader('X-Served-By', 'openfaas-emulator');
}

/** What the function receives. A client's X-Forwarded-* win, so they prove nothing. */
export function functionRequestHeaders(req: IncomingMessage, marks: CallMarks): HeaderLists {
  const remote = `${req.socket.remoteAddress ?? ''}:${req.socket.remotePort ?? 0}`;
  const headers: HeaderLists = {
    'user-agent': [USER_AGENT],
    'x-forwarded-host': [req.headers.host ?? ''],
    'x-forwarded-for': [remote],
    ...endToEndHeaders(req),
    'x-call-id': [marks.callId],
    'x-start-time': [marks.startTime],
  };
  if (asksForGzip(req)) headers['accept-encoding'] = ['gzip'];
  return frameBody(headers, req);
}

/** Go's client asks for gzip by itself, and then unpacks the answer by itself. */
export function asksForGzip(req: IncomingMessage): boolean {
  const { 'accept-encoding': encoding, range } = req.headers;
  return encoding === undefined && range === undefined && req.method !== 'HEAD';
}
