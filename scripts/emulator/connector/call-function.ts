import { request, type Agent } from 'node:http';

import type { ConsumeMessage } from 'amqplib';

import { createAgent } from '../http/agent.ts';
import { isJsonObject } from '../json.ts';
import type { CallLog } from './call-log.ts';

export const USER_AGENT = 'OpenFaaS - Rabbit MQ Connector';
/** Beyond so many calls at once the connector's HTTP client fails at once. */
const MAX_CONNECTIONS = 256;
/** Hard-coded in the connector, for the whole answer. */
export const TIMEOUT_MS = 60_000;
/** How often its HTTP client sends a POST when the peer closes before the first byte. */
const MAX_ATTEMPTS = 5;

/**
 * Posts a message to a function. Resolves with the status; rejects when there is none, and with
 * the signal's reason when the call is given up.
 */
export type CallFunction = (
  functionName: string,
  message: ConsumeMessage,
  givenUp?: AbortSignal,
) => Promise<number>;

export interface CallerOptions {
  readonly gatewayUrl: string;
  readonly authorization: string;
  readonly log: CallLog;
  /** Asked at each answer: whether the peer closes instead of it. */
  readonly losesAnswer: () => boolean;
}

/** Sends a message's bytes: no topic, no message id, but the gateway's credentials. */
export function createFunctionCaller(
  { gatewayUrl, authorization, log, losesAnswer }: CallerOptions,
  alive: AbortSignal,
): CallFunction {
  const agent = createAgent();
  let running = 0;
  return async (functionName, message, givenUp) => {
    if (running >= MAX_CONNECTIONS) throw noFreeConnections();
    running += 1;
    try {
      const url = `${gatewayUrl}/function/${functionName}`;
      const ends = [alive, AbortSignal.timeout(TIMEOUT_MS), ...(givenUp ? [givenUp] : [])];
      const signal = AbortSignal.any(ends);
      const once = () => post(url, message, { agent, authorization, signal });
      return await untilHeard(async () => {
        const status = await log.observe(functionName, once);
        if (losesAnswer()) throw endOfFile();
        return status;
      });
    } finally {
      running -= 1;
    }
  };
}

export function noFreeConnections(): Error {
  return new Error('no free connections available to host');
}

async function untilHeard(call: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isEndOfFile(error)) throw error;
    }
  }
}

/** Closed without a word; a reset names the system call that met it. */
function isEndOfFile(error: unknown): boolean {
  return isJsonObject(error) && error['code'] === 'ECONNRESET' && error['syscall'] === undefined;
}

/** As Node's HTTP client puts it. */
function endOfFile(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

interface Way {
  readonly agent: Agent;
  readonly authorization: string;
  readonly signal: AbortSignal;
}

function post(
  url: string,
  { content, properties }: ConsumeMessage,
  { agent, authorization, signal }: Way,
): Promise<number> {
  const headers = {
    'User-Agent': USER_AGENT,
    'Content-Type': textOf(properties.contentType) || 'application/octet-stream',
    'Content-Length': content.length,
    // Sent also when the message names none.
    'Content-Encoding': textOf(properties.contentEncoding),
    Authorization: authorization,
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const call = request(url, { method: 'POST', headers, agent, signal }, (answer) => {
    answer.once('end', () => resolve(answer.statusCode ?? 0));
    answer.once('error', reject);
    answer.resume();
  });
  call.removeHeader('Connection');
  call.once('error', reject);
  call.end(content);
  return promise;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
