import { createServer, type Server } from 'node:http';

import { sendText } from './respond.ts';

/** Counts invocations by function ("name.namespace") and status; served as Prometheus text. */
export class Metrics {
  readonly #started = new Map<string, number>();
  readonly #finished = new Map<string, Map<number, number>>();

  start(functionName: string): void {
    this.#started.set(functionName, (this.#started.get(functionName) ?? 0) + 1);
  }

  finish(functionName: string, status: number): void {
    const counts = this.#finished.get(functionName) ?? new Map<number, number>();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    this.#finished.set(functionName, counts);
  }

  invocations(functionName: string): number {
    const counts = this.#finished.get(functionName)?.values() ?? [];
    return [...counts].reduce((sum, count) => sum + count, 0);
  }

  render(): string {
    const started = [...this.#started].map(
      ([name, count]) => `gateway_function_invocation_started{function_name="${name}"} ${count}`,
    );
    const finished = [...this.#finished].flatMap(([name, counts]) =>
      [...counts].map(
        ([status, count]) =>
          `gateway_function_invocation_total{code="${status}",function_name="${name}"} ${count}`,
      ),
    );
    return [...started, ...finished, ''].join('\n');
  }
}

/** The metrics have a port of their own, as with the real gateway. */
export function createMetricsServer(metrics: Metrics): Server {
  return createServer((req, res) => {
    if (req.url === '/metrics') sendText(res, 200, metrics.render());
    else sendText(res, 404);
  });
}
