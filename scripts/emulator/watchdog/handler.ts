import { limitExchange, type ExchangeLimits } from '../http/exchange-limits.ts';
import type { Handler } from '../http/server.ts';
import { answer, startClock, type Call, type Runner } from './call.ts';
import type { Gate } from './gate.ts';
import type { HttpMetrics } from './metrics.ts';

export interface Served {
  readonly runner: Runner;
  readonly gate: Gate;
  readonly metrics: HttpMetrics;
  readonly limits: ExchangeLimits;
  readonly readyPath: string | undefined;
}

/** /_/health, /_/ready, and everything else to the function. */
export function createWatchdogHandler(served: Served): Handler {
  return (req, res) => {
    const target = req.url ?? '/';
    const call = { req, res, target };
    limitExchange(req, res, served.limits);
    const path = target.split('?', 1)[0];
    if (path === '/_/health') answerHealth(call, served);
    else if (path === '/_/ready') answerReady(call, served);
    else serve(call, served);
  };
}

function answerHealth({ req, res }: Call, { gate }: Served): void {
  if (req.method !== 'GET') answer(res, 405);
  else if (gate.isOpen) answer(res, 200, { 'Content-Type': 'text/plain; charset=utf-8' }, 'OK');
  else answer(res, 503);
}

/** The ready_path is called as any request, but neither counted nor limited. */
function answerReady({ req, res }: Call, { gate, runner, readyPath }: Served): void {
  if (req.method !== 'GET') answer(res, 405);
  else if (!gate.isOpen) answer(res, 503);
  else if (gate.isFull) answer(res, 429);
  else if (readyPath === undefined) answer(res, 200);
  else runner.serve({ req, res, target: readyPath });
}

function serve(call: Call, { runner, gate, metrics }: Served): void {
  const { req, res } = call;
  const seconds = startClock();
  metrics.begin();
  res.once('close', () => metrics.end(req.method ?? '', res.statusCode, seconds()));
  if (gate.isFull) {
    answerFull(call, gate.maxInflight);
    return;
  }
  gate.enter();
  res.once('close', () => gate.leave());
  runner.serve(call);
}

function answerFull({ res }: Call, maxInflight: number): void {
  const headers = { 'Content-Type': 'text/plain', 'X-OpenFaaS-Internal': 'faas-middleware' };
  const text = `Concurrent request limit exceeded. Max concurrent requests: ${maxInflight}\n`;
  answer(res, 429, headers, text);
}
