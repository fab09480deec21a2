import type { IncomingMessage } from 'node:http';
import type * as v from 'valibot';
import type { Role } from '#shared/contracts/accounts';
import type { BodyLimits } from './body.ts';
import { readBody, readJson, readText, validate } from './body.ts';

/** Who asks: from a checked access token. */
export interface Caller {
  readonly userId: string;
  readonly roles: readonly Role[];
}

/** One request, as handlers see it. */
export interface Exchange {
  /** X-Call-Id: the word that connects log lines, answers, events and mails. */
  readonly requestId: string;
  readonly method: string;
  /** The parts of the path that the route names: `{id}` → `params.id`. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Aborts when the function is told to end: what only waits for news ends with it. */
  readonly stopping: AbortSignal;
  header(name: string): string | undefined;
  /** The query, checked; rejects with `invalid_input`. */
  query<T>(schema: v.GenericSchema<unknown, T>): T;
  /** The JSON body, checked; see readJson for its errors. */
  json<T>(schema: v.GenericSchema<unknown, T>): Promise<T>;
  /** The body as text of at most `maxBytes`. */
  text(maxBytes: number): Promise<string>;
  /** The body as it arrives; see readBody for its errors. */
  body(limits: BodyLimits): AsyncIterable<Uint8Array>;
}

/** The exchange of a request whose path matched. */
export function createExchange(
  request: IncomingMessage,
  query: URLSearchParams,
  known: Pick<Exchange, 'params' | 'requestId' | 'signal' | 'stopping'>,
): Exchange {
  return {
    ...known,
    method: request.method ?? 'GET',
    header: (name) => {
      const value = request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
    query: (schema) => validate(schema, Object.fromEntries(query)),
    json: (schema) => readJson(request, schema),
    text: (maxBytes) => readText(request, maxBytes),
    body: (limits) => readBody(request, limits),
  };
}
