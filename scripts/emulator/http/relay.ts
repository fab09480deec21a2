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
  type ServerResponse,
} from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { hasBody, type HeaderLists } from './headers.ts';

/** How long the upstream may think about `Expect: 100-continue` before the body is sent anyway. */
const CONTINUE_MS = 1_000;

export interface Relay {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly upstream: { port: number; path: string; headers: HeaderLists; agent: Agent };
  readonly deadlineMs: number | undefined;
  /** Writes the head of the response; the body passes through the stages it returns. */
  readonly writeHead: (answer: IncomingMessage) => Transform[];
  /** Answers when the deadline passed before the upstream did. */
  readonly answerTimeout: () => void;
  /** Answers when the upstream cannot be reached or breaks off before its answer. */
  readonly answerUnreachable: () => void;
}

export function relay(exchange: Relay): void {
  const { req, res, upstream } = exchange;
  const call = request({
    host: '127.0.0.1',
    port: upstream.port,
    path: upstream.path,
    method: req.method,
    headers: upstream.headers,
    agent: upstream.agent,
    maxHeaderSize: 1 << 20,
  });
  call.once('response', (answer) => void passAnswer(exchange, answer));
  call.on('error', () => {
    if (!res.headersSent && !res.destroyed) exchange.answerUnreachable();
  });
  res.once('close', () => call.destroy());
  limit(exchange, call);
  sendBody(req, res, call);
}

function limit({ res, deadlineMs, answerTimeout }: Relay, call: ClientRequest): void {
  if (deadlineMs === undefined) return;
  const timer = setTimeout(() => {
    if (res.headersSent) breakOff(res);
    else answerTimeout();
    call.destroy();
  }, deadlineMs);
  res.once('close', () => clearTimeout(timer));
}

function sendBody(req: IncomingMessage, res: ServerResponse, call: ClientRequest): void {
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

async function passAnswer({ res, writeHead }: Relay, answer: IncomingMessage): Promise<void> {
  if (res.headersSent || res.destroyed) {
    answer.destroy();
    return;
  }
  try {
    await pipeline([answer, ...writeHead(answer), res], { end: false });
    res.end();
  } catch {
    breakOff(res);
  }
}

/**
 * What a client sees of a body that could not be completed: a chunked one ends as if it were whole,
 * one with a Content-Length breaks.
 */
function breakOff(res: ServerResponse): void {
  if (res.hasHeader('content-length')) res.destroy();
  else res.end();
}
