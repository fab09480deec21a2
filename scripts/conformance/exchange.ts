/**
 * HTTP below fetch(): nothing is retried, unpacked, redirected or normalised, an answer that
 * breaks off is an answer, and one that comes before the request ended is too.
 */
import { Agent, request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';

import { parseJsonObject, type JsonObject } from '../emulator/json.ts';

export interface Call {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | AsyncIterable<Buffer>;
  /** Until the answer is complete; then it is broken off. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Until the first byte of the body, or its end. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** False when the body broke off. */
  readonly isWhole: boolean;
}

/** A call under way whose answer nobody waits for yet. */
export interface OpenCall {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
}

const TIMEOUT_MS = 30_000;

/** Each call has a connection of its own: what one breaks, another does not feel. */
export function openCall(url: string, { method = 'GET', headers = {}, body }: Call = {}): OpenCall {
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  const agent = url.startsWith('https:') ? undefined : new Agent({ keepAlive: false });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = open(
    url,
    { method, headers: { ...lengthOf(body), ...headers }, ...(agent && { agent }) },
    resolve,
  );
  request.on('error', reject);
  promise.catch(() => undefined);
  if (body === undefined || typeof body === 'string') request.end(body);
  else pipeline(body, request).catch(() => undefined);
  return { request, response: promise };
}

/** Node gives a DELETE no length, and then no body. */
function lengthOf(body: Call['body']): OutgoingHttpHeaders {
  return typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {};
}

/** Rejects when no answer begins. */
export async function exchange(url: string, call: Call = {}): Promise<Answer> {
  const begun = performance.now();
  const { request, response } = openCall(url, call);
  const { timeoutMs = TIMEOUT_MS, method = 'GET' } = call;
  const late = new Error(`no whole answer to ${method} ${url} within ${timeoutMs} ms`);
  const timer = setTimeout(() => request.destroy(late), timeoutMs);
  try {
    return await readAnswer(await response, begun);
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

async function readAnswer(response: IncomingMessage, begun: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let firstByteMs: number | undefined;
  response.on('data', (chunk: Buffer) => {
    firstByteMs ??= performance.now() - begun;
    chunks.push(chunk);
  });
  await new Promise<void>((resolve) => {
    response.on('error', () => undefined).once('close', () => resolve());
  });
  const body = Buffer.concat(chunks);
  const totalMs = performance.now() - begun;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    text: body.toString(),
    firstByteMs: firstByteMs ?? totalMs,
    totalMs,
    isWhole: response.complete,
  };
}

/** The body as a JSON object; empty when it is none. */
export function objectOf({ text }: Answer): JsonObject {
  return parseJsonObject(text) ?? {};
}
