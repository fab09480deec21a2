import { Agent, request } from 'node:http';

import type { ConsumeMessage } from 'amqplib';

const USER_AGENT = 'OpenFaaS - Rabbit MQ Connector';
/** Beyond so many calls at once the connector's HTTP client fails at once. */
const MAX_CONNECTIONS = 256;
/** Hard-coded in the connector, for the whole answer. */
const TIMEOUT_MS = 60_000;

export interface FunctionCaller {
  /** Resolves with the status; rejects when there is none. */
  readonly call: (functionName: string, message: ConsumeMessage) => Promise<number>;
}

/** Posts a message's bytes to a function: no topic, no message id, but the gateway's credentials. */
export function createFunctionCaller(
  gatewayUrl: string,
  authorization: string,
  signal: AbortSignal,
): FunctionCaller {
  const agent = new Agent({ keepAlive: true });
  let running = 0;
  return {
    call: async (functionName, message) => {
      if (running >= MAX_CONNECTIONS) throw new Error('no free connections available to host');
      running += 1;
      try {
        const url = `${gatewayUrl}/function/${functionName}`;
        return await post(url, message, { agent, authorization, signal });
      } finally {
        running -= 1;
      }
    },
  };
}

function post(
  url: string,
  { content, properties }: ConsumeMessage,
  { agent, authorization, signal }: { agent: Agent; authorization: string; signal: AbortSignal },
): Promise<number> {
  const encoding = textOf(properties.contentEncoding);
  const headers = {
    'User-Agent': USER_AGENT,
    Authorization: authorization,
    'Content-Type': textOf(properties.contentType) || 'application/octet-stream',
    'Content-Length': content.length,
    ...(encoding === '' ? {} : { 'Content-Encoding': encoding }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const call = request(url, { method: 'POST', headers, agent, signal: deadline }, (answer) => {
    answer.once('end', () => resolve(answer.statusCode ?? 0));
    answer.once('error', reject);
    answer.resume();
  });
  call.once('error', reject);
  call.end(content);
  return promise;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
