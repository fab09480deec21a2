import { AppError, sentence } from '#shared/core/errors';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** Answers one request with the function's dependencies. Rejects with AppError for problems. */
export type Handler<D> = (exchange: Exchange, deps: D) => Promise<Answer>;

/** One row of a function's table of addresses. */
export interface Route<D> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /function/NAME; `{name}` stands for one part of the path. */
  readonly path: string;
  readonly handle: Handler<D>;
}

/** The route of a request and the parts of its path that the route names. */
export interface Match<D> {
  readonly route: Route<D>;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The route of a method and a path; HEAD is served by GET. Throws `not_found` where no route has
 * the path, `method_not_allowed` where one has it for other methods only.
 */
export function findRoute<D>(routes: readonly Route<D>[], method: string, path: string): Match<D> {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const matches = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
  const match = matches.find(({ route }) => route.method === wanted);
  if (match !== undefined) return match;
  if (matches.length === 0) throw new AppError('not_found');
  const allow = allowed(matches.map(({ route }) => route));
  throw new AppError('method_not_allowed', sentence.method_not_allowed, { headers: { allow } });
}

/** As a 405 must say it (RFC 9110 §15.5.6). */
function allowed<D>(routes: readonly Route<D>[]): string {
  return routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = split(pattern);
  const given = split(path);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** Parts of a path; a slash at its end makes no difference (openfaas.md §1.1). */
function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
