import type { IncomingMessage, ServerResponse } from 'node:http';

import { createAgent } from '../http/agent.ts';
import { limitExchange, type ExchangeLimits } from '../http/exchange-limits.ts';
import { relay } from '../http/relay.ts';
import { NAMESPACE } from '../provider/deployment.ts';
import type { FunctionService } from '../provider/function-service.ts';
import type { Provider } from '../provider/provider.ts';
import type { FunctionPath } from './function-path.ts';
import type { Metrics } from './metrics.ts';
import {
  functionRequestHeaders,
  markCall,
  markResponse,
  type CallMarks,
} from './request-headers.ts';
import { sendText } from './respond.ts';
import { writeResponseHead } from './response-head.ts';
import { scaleFromZero } from './scale-from-zero.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

export interface GatewayTimeouts extends ExchangeLimits {
  /** The gateway's patience with the provider: past it 502, or a body cut off. */
  readonly upstreamTimeoutMs: number;
  /** The provider's patience with the function: past it 500, or a body cut off. */
  readonly providerTimeoutMs: number;
}

export interface InvokeOptions {
  readonly timeouts: GatewayTimeouts;
  /** Whether the gateway asks for a function and its replicas before it forwards. */
  readonly isScaleFromZero: boolean;
  /** Told why a function could not be reached. */
  readonly report: (line: string) => void;
}

export type Invoke = (req: IncomingMessage, res: ServerResponse, path: FunctionPath) => void;

interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: FunctionPath;
  readonly marks: CallMarks;
}

/** What a call of /function/NAME goes through: the gateway, then the provider's proxy. */
export function createInvoke(
  provider: Provider,
  metrics: Metrics,
  { timeouts, isScaleFromZero, report }: InvokeOptions,
): Invoke {
  const forward = createForward(provider, timeouts, report);
  return (req, res, path) => {
    const fullName = `${path.name}.${path.namespace}`;
    const call = { req, res, path, marks: markCall(req) };
    markResponse(res, call.marks);
    const finish = metrics.start(fullName);
    res.once('close', () => finish(res.statusCode));
    limitExchange(req, res, timeouts);
    const service = findService(provider, path);
    if (!isScaleFromZero) forward(call);
    else if (service === undefined) sendText(res, 404, `error finding function ${fullName}`);
    else {
      void scaleFromZero(provider, service, () => res.destroyed).then(() => {
        if (!res.destroyed) forward(call);
      });
    }
  };
}

function createForward(
  provider: Provider,
  timeouts: GatewayTimeouts,
  report: InvokeOptions['report'],
): (call: Call) => void {
  const agent = createAgent();
  const { upstreamTimeoutMs, providerTimeoutMs } = timeouts;
  const isProviderFirst = providerTimeoutMs < upstreamTimeoutMs;
  return ({ req, res, path, marks }) => {
    const service = findService(provider, path);
    const port = service?.nextPort();
    const answerUnreachable = (error = new Error('nothing serves it')): void => {
      report(`${path.calledAs}: ${error.message}`);
      refuse(res, 500, `Can't reach service for: ${path.calledAs}.`);
    };
    if (!METHODS.includes(req.method ?? '')) sendText(res, 405);
    else if (service === undefined) {
      refuse(res, 503, `No endpoints available for: ${path.calledAs}.`);
    } else if (port === undefined) answerUnreachable();
    else {
      relay({
        ...{ req, res },
        upstream: { port, path: path.target, headers: functionRequestHeaders(req, marks), agent },
        deadlineMs: Math.min(upstreamTimeoutMs, providerTimeoutMs),
        writeHead: (answer) => writeResponseHead(req, res, answer),
        answerTimeout: () => (isProviderFirst ? answerUnreachable(late()) : sendText(res, 502)),
        answerUnreachable,
      });
    }
  };
}

function late(): Error {
  return new Error('no answer in time');
}

function findService(
  provider: Provider,
  { name, namespace }: FunctionPath,
): FunctionService | undefined {
  return namespace === NAMESPACE ? provider.find(name) : undefined;
}

/** As the provider's proxy does. */
function refuse(res: ServerResponse, status: number, text: string): void {
  res.setHeader('X-OpenFaaS-Internal', 'proxy');
  sendText(res, status, text);
}
