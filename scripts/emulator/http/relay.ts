/**
 * One request forwarded to a server on loopback, streamed both ways with back-pressure and never
 * buffered. Either side may end first: a client that leaves cancels the upstream call; an answer
 * that comes before the upload ended is passed on at once.
 */
import {
  request,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { Readable } from 'node:stream';

import { hasBody, type HeaderLists } from './headers.ts';

/** How long the upstream may think about `Expect: 100-continue` before the body is sent anyway. */
const CONTINUE_MS = 1_000;

/** Where a body goes: the client's response, or something before it. */
export interface Outlet {
  /** False when `drain` of the response must be waited for. */
  readonly write: (chunk: Buffer) => boolean;
  readonly end: () => void;
}

export interface Passage {
  /** The answer, or what is made of it. */
  readonly body: Readable;
  readonly outlet: Outlet;
}

export interface Relay {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Sent in place of the request's own body. */
  readonly body?: Readable | undefined;
  readonly upstream: { port: number; path: string; headers: HeaderLists; agent: Agent };
  readonly deadlineMs: number | undefined;
  /** Writes the head of the response and says which way its body goes. */
  readonly writeHead: (answer: IncomingMessage) => Passage;
  /** Answers when the deadline passed before the upstream did. */
  readonly answerTimeout: () => void;
  /** Answers when the upstream cannot be reached or breaks off before its answer. */
  readonly answerUnreachable: (error: Error) => void;
}

export function relay(exchange: Relay): void {
  const { req, res, upstream } = exchange;
  const call = request({
    host: '127.0.0.1',
    port: upstream.port,
    path: upstream.path,
    method: req.method,
    headers: nodeHeaders(upstream.headers),
    agent: upstream.agent,
    maxHeaderSize: 1 << 20,
  });
  let isOpen = true;
  const once = (answer: () => void): void => {
    if (isOpen && !res.destroyed) answer();
    isOpen = false;
  };
  call.on('response', (answer) => {
    // A call that is broken off breaks its answer, which may have no other listener.
    answer.on('error', () => undefined);
    once(() => passAnswer(exchange, answer));
  });
  call.on('error', (error) => once(() => exchange.answerUnreachable(error)));
  res.once('close', () => call.destroy());
  limit(exchange, () => {
    once(exchange.answerTimeout);
    call.destroy();
  });
  sendBody(exchange, call);
}

/** Node takes a list for every header but this one. */
function nodeHeaders(headers: HeaderLists): OutgoingHttpHeaders {
  const host = headers['host']?.[0];
  return host === undefined ? headers : { ...headers, host };
}

function limit({ res, deadlineMs }: Relay, passed: () => void): void {
  if (deadlineMs === undefined) return;
  const timer = setTimeout(passed, deadlineMs);
  res.once('close', () => clearTimeout(timer));
}

function sendBody({ req, res, body }: Relay, call: ClientRequest): void {
  if (body !== undefined) {
    body.pipe(call);
    return;
  }
  if (!hasBody(req)) {
    call.end();
    return;
  }
  if (req.headers.expect === undefined) {
    req.pipe(call);
    return;
  }
  const proceed = (): void => {
    clearTimeout(timer);
    call.off('continue', proceed);
    if (res.headersSent || res.destroyed) return;
    res.writeContinue();
    req.pipe(call);
  };
  const timer = setTimeout(proceed, CONTINUE_MS);
  call.once('continue', proceed);
  call.once('close', () => clearTimeout(timer));
  call.flushHeaders();
}

/** By hand: `pipeline` would end the client's response its own way when the answer breaks off. */
function passAnswer({ res, writeHead }: Relay, answer: IncomingMessage): void {
  const { body, outlet } = writeHead(answer);
  body.on('data', (chunk: Buffer) => {
    if (!outlet.write(chunk)) body.pause();
  });
  res.on('drain', () => body.resume());
  body.once('end', () => outlet.end());
  body.on('error', () => breakOff(res, outlet));
}

/**
 * What a client sees of a body that could not be completed: a chunked one ends as if it were whole,
 * one with a Content-Length breaks. What had come goes out first.
 */
function breakOff(res: ServerResponse, outlet: Outlet): void {
  const { socket } = res;
  outlet.end();
  if (res.hasHeader('content-length')) socket?.destroySoon();
}
