import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, httpStatus, toAppError } from '#shared/core/errors';
import type { Closable, FunctionHandler } from './function.ts';
import { createExchange } from './http/exchange.ts';
import { problemAnswer } from './http/problem.ts';
import { respond } from './http/respond.ts';
import { findRoute, type Route } from './http/router.ts';
import { log, withRequestId } from './log.ts';
import type { Once } from './once.ts';

/**
 * A function that answers HTTP by its routes: problem+json for every error, one log line for each
 * request, the request id in all of it.
 */
export function httpFunction<D extends Closable>(
  deps: Once<D>,
  routes: readonly Route<D>[],
): FunctionHandler {
  return {
    ready: async () => {
      await deps.get();
    },
    handle: (request, response) => {
      const requestId = requestIdOf(request);
      return withRequestId(requestId, () => serve(deps, routes, request, response, requestId));
    },
    drain: async () => (await deps.current())?.close(),
  };
}

async function serve<D>(
  deps: Once<D>,
  routes: readonly Route<D>[],
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const started = performance.now();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const url = new URL(request.url ?? '/', 'http://function');
    const { route, params } = findRoute(routes, request.method ?? 'GET', url.pathname);
    const exchange = createExchange(request, url, params, requestId, gone.signal);
    await respond(request, response, await route.handle(exchange, await deps.get()));
  } catch (error) {
    await answerError(request, response, toAppError(error), requestId);
  }
  log.info(
    {
      method: request.method,
      path: request.url?.split('?')[0],
      status: response.statusCode,
      ms: Math.round(performance.now() - started),
    },
    'request',
  );
}

async function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AppError,
  requestId: string,
): Promise<void> {
  if (httpStatus[error.code] >= 500) log.error({ err: error }, error.message);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  await respond(request, response, problemAnswer(error, requestId));
}

/** The gateway's X-Call-Id, or one of our own where a client's value would spoil the log. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-call-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,100}$/.test(given) ? given : randomUUID();
}
