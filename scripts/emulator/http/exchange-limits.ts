import type { IncomingMessage, ServerResponse } from 'node:http';

export interface ExchangeLimits {
  /** For the whole request body. */
  readonly readTimeoutMs: number;
  /** For the whole exchange, up to the last byte of the response. */
  readonly writeTimeoutMs: number;
}

/** The read and write deadlines of a Go server: past them the connection is cut. */
export function limitExchange(
  req: IncomingMessage,
  res: ServerResponse,
  { readTimeoutMs, writeTimeoutMs }: ExchangeLimits,
): void {
  const cut = (): void => void req.socket.destroy();
  const write = setTimeout(cut, writeTimeoutMs);
  const read = setTimeout(() => {
    if (!req.complete) cut();
  }, readTimeoutMs);
  res.once('close', () => {
    clearTimeout(write);
    clearTimeout(read);
  });
}
