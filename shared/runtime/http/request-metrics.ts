import { createCounter, createHistogram, gauge, type Metric } from '../metrics/metric.ts';

/** Bounds in seconds: from a look into memory to a long upload. */
const bounds = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300];

/** What is counted of the requests of one function. */
export interface RequestMetrics {
  readonly metrics: readonly Metric[];
  /** Counts a request as under way until `end`. */
  start(): { end(request: EndedRequest): void };
}

/** A request that is over. */
export interface EndedRequest {
  /** As the table of routes has it, never as the client sent it; absent where nothing matched. */
  readonly route: { readonly method: string; readonly path: string } | undefined;
  readonly status: number;
  /** Of the error that was answered. */
  readonly code: string | undefined;
}

/** Counters at nothing. Their labels come from closed lists, so that nobody can make them grow. */
export function createRequestMetrics(now: () => number): RequestMetrics {
  let inFlight = 0;
  const requests = createCounter({
    name: 'v2m_requests_total',
    help: 'Requests that were answered, by route and class of status.',
  });
  const seconds = createHistogram(
    { name: 'v2m_request_seconds', help: 'From the head of a request to the end of its answer.' },
    bounds,
  );
  const errors = createCounter({
    name: 'v2m_errors_total',
    help: 'Errors that were answered, by their code (docs/errors.md).',
  });
  const underWay = gauge(
    { name: 'v2m_requests_in_flight', help: 'Requests that are being served.' },
    () => [{ labels: {}, value: inFlight }],
  );
  return {
    metrics: [requests, seconds, underWay, errors],
    start() {
      const startedAt = now();
      inFlight += 1;
      return {
        end({ route, status, code }) {
          inFlight -= 1;
          const where = { method: route?.method ?? 'none', route: route?.path ?? 'none' };
          requests.add({ ...where, status: `${Math.floor(status / 100)}xx` });
          seconds.observe(where, (now() - startedAt) / 1_000);
          if (code !== undefined) errors.add({ code });
        },
      };
    },
  };
}
