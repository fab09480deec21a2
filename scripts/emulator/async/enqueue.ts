import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FunctionPath } from '../gateway/function-path.ts';
import { markCall, markResponse } from '../gateway/request-headers.ts';
import { sendText } from '../gateway/respond.ts';
import { limitExchange, type ExchangeLimits } from '../http/exchange-limits.ts';
import { endToEndHeaders } from '../http/headers.ts';
import type { CallQueue } from './call-queue.ts';
import { isParsableUrl } from './callback-url.ts';

const MAX_BODY_BYTES = 256_000;

/** POST /async-function/NAME: 202 once the call is queued. Nobody asks if the function exists. */
export function createEnqueue(queue: CallQueue, limits: ExchangeLimits) {
  return (req: IncomingMessage, res: ServerResponse, path: FunctionPath): void => {
    const callbackUrl = req.headersDistinct['x-callback-url']?.[0];
    limitExchange(req, res, limits);
    if (req.method !== 'POST') sendText(res, 405);
    else if (callbackUrl !== undefined && !isParsableUrl(callbackUrl)) {
      sendText(res, 400, 'X-Callback-Url is not a URL');
    } else void enqueue(req, res, { queue, path, callbackUrl });
  };
}

interface Call {
  readonly queue: CallQueue;
  readonly path: FunctionPath;
  readonly callbackUrl: string | undefined;
}

async function enqueue(
  req: IncomingMessage,
  res: ServerResponse,
  { queue, path, callbackUrl }: Call,
): Promise<void> {
  if (req.headers.expect !== undefined) res.writeContinue();
  const body = await readBody(req).catch(() => undefined);
  if (res.destroyed) return;
  if (body === undefined) {
    sendText(res, 500, `the body is over ${MAX_BODY_BYTES} bytes`);
    return;
  }
  const marks = markCall(req);
  const { callId } = marks;
  markResponse(res, marks);
  const ours = { 'x-call-id': [callId], 'x-start-time': [marks.startTime] };
  const headers = { ...endToEndHeaders(req), ...ours };
  const call = { callId, name: path.calledAs, target: path.target, headers, callbackUrl, body };
  if (queue.push(call)) res.writeHead(202, { 'Content-Length': 0 }).end();
  else sendText(res, 500, 'the queue is full');
}

/** Undefined when it is too long. */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not destroy the request: the answer is still to be sent.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the request has an encoding set');
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
  }
  return Buffer.concat(chunks);
}
