import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, httpStatus, toAppError } from '#shared/core/errors';
import type { Closable, FunctionHandler } from './function.ts';
import { createExchange } from './http/exchange.ts';
import { metricsRoute } from './http/metrics-route.ts';
import { problemAnswer } from './http/problem.ts';
import { createRequestMetrics } from './http/request-metrics.ts';
import type { EndedRequest, RequestMetrics } from './http/request-metrics.ts';
import { respond } from './http/respond.ts';
import { findRoute, type Route } from './http/router.ts';
import { log, withRequestId } from './log.ts';
import type { Once } from './once.ts';

/**
 * A function that answers HTTP by its routes: problem+json for every error, one log line and one
 * count for each request, the request id in all of it. What was counted is at GET /_/metrics.
 */
export function httpFunction<D extends Closable>(
  deps: Once<D>,
  routes: readonly Route<D>[],
): FunctionHandler {
  const stopping = new AbortController();
  const counts = createRequestMetrics(() => performance.now());
  const served = {
    ...{ deps, counts, stopping: stopping.signal },
    routes: [metricsRoute<D>(counts.metrics), ...routes],
  };
  return {
    ready: async () => {
      await deps.get();
    },
    handle: (request, response) => {
      const requestId = requestIdOf(request);
      return withRequestId(requestId, () => serve(served, request, response, requestId));
    },
    stop: () => {
      stopping.abort();
      // Without dependencies nothing was begun.
      deps.current()?.then(
        (built) => built.stop?.(),
        () => undefined,
      );
    },
    drain: async () => (await deps.current())?.close(),
  };
}

interface Served<D> {
  readonly deps: Once<D>;
  readonly routes: readonly Route<D>[];
  readonly counts: RequestMetrics;
  readonly stopping: AbortSignal;
}

async function serve<D>(
  served: Served<D>,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const started = performance.now();
  const counted = served.counts.start();
  const ended = await answer(served, request, response, requestId);
  counted.end({ ...ended, status: response.statusCode });
  log.info(
    {
      method: request.method,
      path: splitTarget(request.url ?? '/').path,
      status: response.statusCode,
      // False where the client went away, or a stream broke.
      whole: response.writableEnded,
      ms: Math.round(performance.now() - started),
    },
    'request',
  );
}

async function answer<D>(
  { deps, routes, stopping }: Served<D>,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<Omit<EndedRequest, 'status'>> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let route: Route<D> | undefined;
  try {
    const { path, query } = splitTarget(request.url ?? '/');
    const match = findRoute(routes, request.method ?? 'GET', path);
    route = match.route;
    const exchange = createExchange(request, query, {
      ...{ params: match.params, requestId, stopping },
      signal: gone.signal,
    });
    await respond(request, response, await route.handle(exchange, await deps.get()));
    return { route, code: undefined };
  } catch (error) {
    const { code } = await answerError(request, response, toAppError(error), requestId);
    return { route, code };
  }
}

async function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  requestId: string,
): Promise<AppError> {
  if (httpStatus[error.code] >= 500) log.error({ err: error }, error.message);
  if (response.headersSent || response.destroyed) response.destroy();
  else await respond(request, response, problemAnswer(error, requestId));
  return error;
}

/** Taken literally: a URL parser would find a host in `//host/` and follow `..`. */
function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const mark = target.indexOf('?');
  const end = mark < 0 ? target.length : mark;
  return { path: target.slice(0, end), query: new URLSearchParams(target.slice(end)) };
}

/** The gateway's X-Call-Id, or one of our own where a client's value would spoil the log. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-call-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,100}$/.test(given) ? given : randomUUID();
}
