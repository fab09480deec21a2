import { AppError } from '#shared/core/errors';
import type { Closable } from '../function.ts';
import { log } from '../log.ts';
import { exposition, expositionType } from '../metrics/exposition.ts';
import type { Metric } from '../metrics/metric.ts';
import { processMetrics } from '../metrics/process-metrics.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './router.ts';

/**
 * GET /_/metrics: the figures of this very process, for a Prometheus beside it. Through the gateway
 * there is nothing: it would answer for another replica each time, and to everyone. The gateway
 * puts X-Start-Time and X-Forwarded-Host on every call, and no client can take them off again.
 */
export function metricsRoute<D extends Closable>(requests: readonly Metric[]): Route<D> {
  return {
    method: 'GET',
    path: '/_/metrics',
    handle: async (exchange, deps) => {
      if (cameByGateway(exchange)) throw new AppError('not_found');
      return expose([...processMetrics, ...requests, ...(await own(deps))]);
    },
  };
}

function cameByGateway(exchange: Exchange): boolean {
  return ['x-start-time', 'x-forwarded-host'].some((name) => exchange.header(name) !== undefined);
}

/** A store that is down takes its own figures away, not those of the process. */
async function own({ metrics }: Closable): Promise<readonly Metric[]> {
  try {
    return (await metrics?.()) ?? [];
  } catch (error) {
    log.warn({ err: error }, 'figures of the function cannot be read');
    return [];
  }
}

function expose(metrics: readonly Metric[]): Answer {
  return {
    status: 200,
    headers: { 'content-type': expositionType, 'cache-control': 'no-store' },
    body: Buffer.from(exposition(metrics)),
  };
}
