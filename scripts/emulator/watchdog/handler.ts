import {
  Agent,
  STATUS_CODES,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';

import { limitExchange } from '../http/exchange-limits.ts';
import { setHead } from '../http/head.ts';
import { endToEndHeaders, frameBody } from '../http/headers.ts';
import { relay } from '../http/relay.ts';
import type { Handler } from '../http/server.ts';
import type { Gate } from './gate.ts';
import { probeReadiness } from './readiness.ts';
import type { WatchdogSettings } from './settings.ts';

/** /_/health, /_/ready, and everything else to the child. */
export function createWatchdogHandler(
  settings: WatchdogSettings,
  gate: Gate,
  log: (line: string) => void,
): Handler {
  const agent = new Agent({ keepAlive: true });
  return (req, res) => {
    const path = req.url?.split('?', 1)[0];
    if (path === '/_/health') answerHealth(req, res, gate);
    else if (path === '/_/ready') void answerReady(res, settings, gate);
    else forward(req, res, { settings, gate, log, agent });
  };
}

function answerHealth(req: IncomingMessage, res: ServerResponse, gate: Gate): void {
  if (req.method !== 'GET') answer(res, 405);
  else if (gate.isOpen) answer(res, 200, { 'Content-Type': 'text/plain' }, 'OK');
  else answer(res, 503);
}

async function answerReady(
  res: ServerResponse,
  { upstream, readyPath }: WatchdogSettings,
  gate: Gate,
): Promise<void> {
  if (!gate.isOpen) answer(res, 503);
  else if (gate.isFull) answer(res, 429);
  else if (readyPath === undefined) answer(res, 200);
  else answer(res, await probeReadiness(new URL(readyPath, upstream)));
}

interface Forwarding {
  readonly settings: WatchdogSettings;
  readonly gate: Gate;
  readonly log: (line: string) => void;
  readonly agent: Agent;
}

function forward(
  req: IncomingMessage,
  res: ServerResponse,
  { settings, gate, log, agent }: Forwarding,
): void {
  if (gate.isFull) {
    answerFull(res, gate.maxInflight);
    return;
  }
  const startedAt = performance.now();
  const seconds = (): string => ((performance.now() - startedAt) / 1_000).toFixed(6);
  gate.enter();
  res.once('close', () => {
    gate.leave();
    log(requestLine(req, res, seconds()));
  });
  limitExchange(req, res, settings);
  const fail = (status: number): void =>
    answer(res, status, { 'X-OpenFaaS-Internal': 'of-watchdog', 'X-Duration-Seconds': seconds() });
  relay({
    req,
    res,
    upstream: {
      port: Number(settings.upstream.port),
      path: req.url ?? '/',
      headers: frameBody(endToEndHeaders(req), req),
      agent,
    },
    deadlineMs: settings.execTimeoutMs,
    writeHead: (upstream) => {
      const headers = { ...endToEndHeaders(upstream), 'x-duration-seconds': [seconds()] };
      setHead(res, upstream.statusCode ?? 500, headers);
      res.flushHeaders();
      return [];
    },
    answerTimeout: () => fail(504),
    answerUnreachable: () => fail(500),
  });
}

function answerFull(res: ServerResponse, maxInflight: number): void {
  const headers = { 'Content-Type': 'text/plain', 'X-OpenFaaS-Internal': 'faas-middleware' };
  const text = `Concurrent request limit exceeded. Max concurrent requests: ${maxInflight}\n`;
  answer(res, 429, headers, text);
}

function answer(
  res: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders = {},
  text = '',
): void {
  res.writeHead(status, { 'Content-Length': Buffer.byteLength(text), ...headers }).end(text);
}

function requestLine(req: IncomingMessage, res: ServerResponse, seconds: string): string {
  const status = `${res.statusCode} ${STATUS_CODES[res.statusCode] ?? ''}`;
  return `${req.method ?? ''} ${req.url ?? ''} - ${status} (${seconds}s)`;
}
