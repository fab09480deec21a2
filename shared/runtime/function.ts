import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metric } from './metrics/metric.ts';

/** What a bundle exports as `handler` and template/node-bundle/index.js serves. */
export interface FunctionHandler {
  /** Builds the dependencies. Rejects when the configuration or a server does not allow work. */
  ready(): Promise<void>;
  /** Answers one request. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** SIGTERM: what only waits for news, such as an event stream, ends; the rest goes on. */
  stop(): void;
  /** After the last request: ends work in the background and closes what was opened. */
  drain(): Promise<void>;
}

/** What every function's dependencies can do: let go. */
export interface Closable {
  /** SIGTERM: begins no more work from now on. What is in hand goes on until `close`. */
  readonly stop?: () => void;
  close(): Promise<void>;
  /** What this function has to tell at GET /_/metrics besides its process and its requests. */
  readonly metrics?: () => Promise<readonly Metric[]>;
}
