import { request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { endToEndHeaders, type HeaderLists } from '../http/headers.ts';
import type { QueuedCall } from './call-queue.ts';

const USER_AGENT = 'openfaas-emulator-queue-worker';
/** What is reported of a function that could not be reached. */
const UNREACHABLE = 503;

/** What came of a call. */
export interface Outcome {
  readonly status: number;
  readonly headers: HeaderLists;
  readonly body: Buffer;
  readonly seconds: number;
}

/** Always a POST, whatever was queued, and no deadline of its own. Never rejects. */
export async function callFunction(
  { name, target, headers, body }: QueuedCall,
  gatewayUrl: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const startedAt = performance.now();
  const own = { 'user-agent': USER_AGENT, 'content-length': body.length };
  const post = { method: 'POST', headers: { ...headers, ...own }, signal };
  const url = `${gatewayUrl}/function/${name}${target}`;
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request(url, post, resolve).once('error', reject).end(body);
  });
  const outcome = await answered.then(read).catch(() => NOTHING);
  return { ...outcome, seconds: (performance.now() - startedAt) / 1_000 };
}

const NOTHING = { status: UNREACHABLE, headers: {}, body: Buffer.of() };

async function read(answer: IncomingMessage) {
  const body = await buffer(answer);
  return { status: answer.statusCode ?? UNREACHABLE, headers: endToEndHeaders(answer), body };
}
