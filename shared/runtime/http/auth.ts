import type { Role } from '#shared/contracts/accounts';
import { AppError } from '#shared/core/errors';
import type { Answer } from './answer.ts';
import type { Caller, Exchange } from './exchange.ts';
import type { Handler } from './router.ts';

/** What a function with private addresses has among its dependencies. */
export interface HasAccessTokens {
  readonly accessTokens: { verify(token: string): Promise<Caller | undefined> };
}

type PrivateHandler<D> = (exchange: Exchange, deps: D, caller: Caller) => Promise<Answer>;

/** A handler for people who are logged in. Others get `unauthorized`. */
export function loggedIn<D extends HasAccessTokens>(handle: PrivateHandler<D>): Handler<D> {
  return async (exchange, deps) => handle(exchange, deps, await identify(exchange, deps));
}

/** A handler for people with a role. Others get `unauthorized` or `forbidden`. */
export function only<D extends HasAccessTokens>(role: Role, handle: PrivateHandler<D>): Handler<D> {
  return loggedIn((exchange, deps, caller) => {
    if (!caller.roles.includes(role)) throw new AppError('forbidden');
    return handle(exchange, deps, caller);
  });
}

/** The token of `Authorization: Bearer …` (RFC 6750), if there is one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
}

async function identify(exchange: Exchange, deps: HasAccessTokens): Promise<Caller> {
  const token = bearerToken(exchange.header('authorization'));
  const caller = token === undefined ? undefined : await deps.accessTokens.verify(token);
  if (caller === undefined) throw new AppError('unauthorized');
  return caller;
}
