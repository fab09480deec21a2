import type { Family, Sample } from './exposition.ts';
import { Histogram } from './histogram.ts';

/** Invocations by function ("name.namespace") and status. */
export class Metrics {
  readonly #started = new Map<string, number>();
  readonly #finished = new Map<string, Map<number, Histogram>>();

  /** Counts an invocation; what is returned is called with its status when it is over. */
  start(functionName: string): (status: number) => void {
    this.#started.set(functionName, (this.#started.get(functionName) ?? 0) + 1);
    const startedAt = performance.now();
    return (status) => {
      const seconds = (performance.now() - startedAt) / 1_000;
      this.#histogramOf(functionName, status).observe(seconds);
    };
  }

  invocations(functionName: string): number {
    const histograms = this.#finished.get(functionName)?.values() ?? [];
    return [...histograms].reduce((sum, { count }) => sum + count, 0);
  }

  families(): Family[] {
    const finished = [...this.#finished].flatMap(([functionName, byStatus]) =>
      [...byStatus].map(([status, histogram]) => ({
        labels: { code: String(status), function_name: functionName },
        histogram,
      })),
    );
    return [
      {
        name: 'gateway_functions_seconds',
        help: 'Seconds an invocation took, up to the last byte of its response',
        type: 'histogram',
        samples: finished.flatMap(({ labels, histogram }) => samplesOf(histogram, labels)),
      },
      {
        name: 'gateway_function_invocation_total',
        help: 'Invocations that ended',
        type: 'counter',
        samples: finished.map(({ labels, histogram }) => ({ labels, value: histogram.count })),
      },
      {
        name: 'gateway_function_invocation_started',
        help: 'Invocations that began',
        type: 'counter',
        samples: [...this.#started].map(([name, value]) => ({
          labels: { function_name: name },
          value,
        })),
      },
    ];
  }

  #histogramOf(functionName: string, status: number): Histogram {
    const byStatus = this.#finished.get(functionName) ?? new Map<number, Histogram>();
    this.#finished.set(functionName, byStatus);
    const histogram = byStatus.get(status) ?? new Histogram();
    byStatus.set(status, histogram);
    return histogram;
  }
}

function samplesOf(histogram: Histogram, labels: Sample['labels']): Sample[] {
  const buckets = histogram.buckets().map(({ bound, count }) => ({
    suffix: '_bucket',
    labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) },
    value: count,
  }));
  return [
    ...buckets,
    { suffix: '_sum', labels, value: histogram.sum },
    { suffix: '_count', labels, value: histogram.count },
  ];
}
