/** What of-watchdog counts of its requests, served as Prometheus text on a port of its own. */
import { createServer, type Server } from 'node:http';

import { answer } from './call.ts';

/** Upper bounds of the histogram, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'];

interface Series {
  readonly labels: string;
  count: number;
  sum: number;
  readonly buckets: number[];
}

export class HttpMetrics {
  readonly #series = new Map<string, Series>();
  #inFlight = 0;

  begin(): void {
    this.#inFlight += 1;
  }

  end(method: string, status: number, seconds: number): void {
    this.#inFlight -= 1;
    const series = this.#seriesOf(labelsOf(method, status));
    series.count += 1;
    series.sum += seconds;
    BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1;
    });
  }

  render(): string {
    const all = [...this.#series.values()];
    return [
      ...head('http_request_duration_seconds', 'histogram', 'Seconds spent serving HTTP requests.'),
      ...all.flatMap(histogramLines),
      ...head('http_requests_in_flight', 'gauge', 'HTTP requests being served.'),
      `http_requests_in_flight ${this.#inFlight}`,
      ...head('http_requests_total', 'counter', 'HTTP requests served.'),
      ...all.map(({ labels, count }) => `http_requests_total{${labels}} ${count}`),
      '',
    ].join('\n');
  }

  #seriesOf(labels: string): Series {
    const known = this.#series.get(labels);
    if (known !== undefined) return known;
    const series = { labels, count: 0, sum: 0, buckets: BUCKETS.map(() => 0) };
    this.#series.set(labels, series);
    return series;
  }
}

export function createMetricsServer(metrics: HttpMetrics): Server {
  return createServer((req, res) => {
    const headers = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' };
    if (req.url === '/metrics') answer(res, 200, headers, metrics.render());
    else answer(res, 404);
  });
}

function labelsOf(method: string, status: number): string {
  const name = METHODS.includes(method) ? method.toLowerCase() : 'unknown';
  return `code="${status}",method="${name}"`;
}

function histogramLines({ labels, count, sum, buckets }: Series): string[] {
  const name = 'http_request_duration_seconds';
  return [
    ...BUCKETS.map((le, index) => `${name}_bucket{${labels},le="${le}"} ${buckets[index] ?? 0}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ];
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
