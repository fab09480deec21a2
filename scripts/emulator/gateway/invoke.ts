import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';

import { limitExchange, type ExchangeLimits } from '../http/exchange-limits.ts';
import { relay } from '../http/relay.ts';
import { NAMESPACE } from '../provider/deployment.ts';
import type { Provider } from '../provider/provider.ts';
import type { FunctionPath } from './function-path.ts';
import type { Metrics } from './metrics.ts';
import { functionRequestHeaders, markCall, type CallMarks } from './request-headers.ts';
import { sendText } from './respond.ts';
import { writeResponseHead } from './response-stages.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

export interface GatewayTimeouts extends ExchangeLimits {
  /** Until the function's answer is complete. */
  readonly upstreamTimeoutMs: number;
}

export type Invoke = (req: IncomingMessage, res: ServerResponse, path: FunctionPath) => void;

/** Forwards calls of /function/NAME to the function's watchdog. */
export function createInvoke(
  provider: Provider,
  metrics: Metrics,
  timeouts: GatewayTimeouts,
): Invoke {
  const agent = new Agent({ keepAlive: true });
  return (req, res, { name, namespace, target }) => {
    const fullName = `${name}.${namespace}`;
    const service = namespace === NAMESPACE ? provider.find(name) : undefined;
    const port = service?.nextPort();
    const marks = markCall(req);
    markResponse(res, marks);
    metrics.start(fullName);
    res.once('close', () => metrics.finish(fullName, res.statusCode));
    limitExchange(req, res, timeouts);
    if (service === undefined) sendText(res, 404, `error finding function ${fullName}`);
    else if (!METHODS.includes(req.method ?? '')) sendText(res, 405);
    else if (port === undefined) sendUnreachable(res, name);
    else {
      relay({
        req,
        res,
        upstream: { port, path: target, headers: functionRequestHeaders(req, marks), agent },
        deadlineMs: timeouts.upstreamTimeoutMs,
        writeHead: (answer) => writeResponseHead(req, res, answer),
        answerTimeout: () => sendText(res, 502),
        answerUnreachable: () => sendUnreachable(res, name),
      });
    }
  };
}

function markResponse(res: ServerResponse, { callId, isOwnCallId, startTime }: CallMarks): void {
  if (isOwnCallId) res.setHeader('X-Call-Id', callId);
  res.setHeader('X-Start-Time', startTime);
  res.setHeader('X-Served-By', 'openfaas-emulator');
}

function sendUnreachable(res: ServerResponse, name: string): void {
  res.setHeader('X-OpenFaaS-Internal', 'proxy');
  sendText(res, 500, `Can't reach service for: ${name}.`);
}
