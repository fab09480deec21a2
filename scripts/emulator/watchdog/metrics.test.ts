import { describe, expect, test } from '@jest/globals';

import { HttpMetrics } from './metrics.ts';

function linesAfter(change: (metrics: HttpMetrics) => void): string[] {
  const metrics = new HttpMetrics();
  change(metrics);
  return metrics.render().split('\n');
}

describe('HttpMetrics', () => {
  test('counts requests by status and method', () => {
    const lines = linesAfter((metrics) => {
      for (const status of [200, 200, 500]) {
        metrics.begin();
        metrics.end('POST', status, 0.01);
      }
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'http_requests_total{code="200",method="post"} 2',
        'http_requests_total{code="500",method="post"} 1',
      ]),
    );
  });

  test('a request counts in every bucket that is wide enough, and in no other', () => {
    const name = 'http_request_duration_seconds';
    const lines = linesAfter((metrics) => {
      metrics.begin();
      metrics.end('GET', 200, 0.3);
    }).filter((line) => line.startsWith(name));
    expect(lines).toEqual([
      ...['0.005', '0.01', '0.025', '0.05', '0.1', '0.25'].map(
        (le) => `${name}_bucket{code="200",method="get",le="${le}"} 0`,
      ),
      ...['0.5', '1', '2.5', '5', '10', '+Inf'].map(
        (le) => `${name}_bucket{code="200",method="get",le="${le}"} 1`,
      ),
      `${name}_sum{code="200",method="get"} 0.3`,
      `${name}_count{code="200",method="get"} 1`,
    ]);
  });

  test('knows what is in flight, also when nothing is', () => {
    expect(linesAfter(() => undefined)).toContain('http_requests_in_flight 0');
    expect(linesAfter((metrics) => metrics.begin())).toContain('http_requests_in_flight 1');
  });

  test('a method of the client’s invention is no series of its own', () => {
    const lines = linesAfter((metrics) => {
      metrics.begin();
      metrics.end('BREW', 405, 0);
    });
    expect(lines).toContain('http_requests_total{code="405",method="unknown"} 1');
  });
});
