/** What a handler answers; the runtime writes it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes in order. A stream that fails after the headers breaks the connection, visibly. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** A client that takes nothing of a stream for so long is cut off; 30 s when absent. */
  readonly stallMs?: number;
}

type Headers = Readonly<Record<string, string>>;

/** A JSON document. */
export function json(status: number, value: unknown, headers: Headers = {}): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Nothing but a status (204 unless said otherwise). */
export function empty(status = 204, headers: Headers = {}): Answer {
  return { status, headers: { 'cache-control': 'no-store', ...headers }, body: undefined };
}

/** Bytes that flow; give `content-length` whenever it is known (openfaas.md §1.4). */
export function stream(status: number, body: AsyncIterable<Uint8Array>, headers: Headers): Answer {
  return { status, headers: { 'x-content-type-options': 'nosniff', ...headers }, body };
}
