import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

import type { Child } from './child.ts';
import type { Env } from './variables.ts';

/** One request a mode answers. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Path and query: the request's own, or the ready_path. */
  readonly target: string;
}

/** What stands behind a watchdog: one of of-watchdog's modes. */
export interface Runner {
  readonly serve: (call: Call) => void;
  /** Resolves with the one process of mode http; the other modes have none that lasts. */
  readonly start: (env: Env) => Promise<Child | undefined>;
  /** Kills all processes and what they started. */
  readonly kill: () => void;
}

/** The kubelet's own calls are not logged. */
export function isProbe(req: IncomingMessage): boolean {
  return req.headers['user-agent']?.startsWith('kube-probe') ?? false;
}

/** A stopwatch in seconds. */
export function startClock(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1_000;
}

/** Answers, unless the client has left or an answer has begun. */
export function answer(
  res: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders = {},
  body: string | Buffer = '',
): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers }).end(body);
}
