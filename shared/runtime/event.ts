import { type BellEvent, knockHeader } from '#shared/contracts/events';
import { createEars, type Hearing } from './ears.ts';
import type { Closable, FunctionHandler } from './function.ts';
import { httpFunction } from './http.ts';
import { empty } from './http/answer.ts';
import type { Exchange } from './http/exchange.ts';
import type { Route } from './http/router.ts';
import { log } from './log.ts';
import type { Once } from './once.ts';

/** What an event function has among its dependencies. */
export interface BellDeps extends Closable {
  readonly events: { verify(jws: string): Promise<BellEvent | undefined> };
  /** Told of the bells that came all the way, by the broker and the connector. */
  readonly hearing: Hearing;
  /** Wakes the work and returns at once; what goes wrong later is the work's own business. */
  wake(event: BellEvent): void;
}

const maxBytes = 16 * 1024;
const refusalMs = 1_000;
const maxRefusalsWaiting = 50;

/**
 * A function that hears bells. The connector acknowledges nothing but 200 and gives up after 60 s
 * (reliability.md C1–C3), so every bell that we signed is answered 200 at once and the work goes
 * on in the background. What we did not sign gets 401 after a second, so that a flood of it costs
 * the flooder.
 */
export function eventFunction<D extends BellDeps>(deps: Once<D>): FunctionHandler {
  const refuse = createRefusal();
  const hear = createEars();
  const bell: Route<D> = {
    method: 'POST',
    path: '/',
    handle: async (exchange, deps) => {
      const event = await readBell(exchange, deps.events);
      if (event === undefined) return refuse();
      log.info({ type: event.type, jobId: event.jobId, cause: event.requestId }, 'bell');
      if (exchange.header(knockHeader) === undefined) hear(event.type, deps.hearing);
      deps.wake(event);
      return empty(200);
    },
  };
  return httpFunction(deps, [bell]);
}

async function readBell(
  exchange: Exchange,
  events: BellDeps['events'],
): Promise<BellEvent | undefined> {
  const jws = await exchange.text(maxBytes).catch(() => undefined);
  return jws === undefined ? undefined : events.verify(jws);
}

function createRefusal() {
  let waiting = 0;
  return async () => {
    if (waiting < maxRefusalsWaiting) {
      waiting += 1;
      await new Promise((resolve) => setTimeout(resolve, refusalMs));
      waiting -= 1;
    }
    return empty(401);
  };
}
