import { describe, expect, test } from '@jest/globals';

import { renderFamilies } from './exposition.ts';
import { Histogram } from './histogram.ts';
import { Metrics } from './metrics.ts';

describe('Metrics', () => {
  test('counts an invocation as started at once, as ended when it is', () => {
    const metrics = new Metrics();
    const finish = metrics.start('jobs.openfaas-fn');
    expect(metrics.invocations('jobs.openfaas-fn')).toBe(0);
    expect(linesOf(metrics)).toEqual([
      'gateway_function_invocation_started{function_name="jobs.openfaas-fn"} 1',
    ]);
    finish(200);
    expect(metrics.invocations('jobs.openfaas-fn')).toBe(1);
  });

  test('tells functions and statuses apart', () => {
    const metrics = new Metrics();
    for (const status of [200, 200, 404]) metrics.start('jobs.openfaas-fn')(status);
    metrics.start('login.openfaas-fn')(200);
    expect(metrics.invocations('jobs.openfaas-fn')).toBe(3);
    const total = linesOf(metrics).filter((line) => line.includes('invocation_total'));
    expect(total).toEqual([
      'gateway_function_invocation_total{code="200",function_name="jobs.openfaas-fn"} 2',
      'gateway_function_invocation_total{code="404",function_name="jobs.openfaas-fn"} 1',
      'gateway_function_invocation_total{code="200",function_name="login.openfaas-fn"} 1',
    ]);
  });
});

describe('Histogram', () => {
  test('counts a duration in its bucket and every longer one', () => {
    const histogram = new Histogram();
    for (const seconds of [0.005, 0.3, 60]) histogram.observe(seconds);
    const counts = histogram.buckets().map(({ bound, count }) => `${bound}: ${count}`);
    expect(counts).toEqual([
      ...['0.005: 1', '0.01: 1', '0.025: 1', '0.05: 1', '0.1: 1', '0.25: 1', '0.5: 2'],
      ...['1: 2', '2.5: 2', '5: 2', '10: 2', 'Infinity: 3'],
    ]);
    expect([histogram.count, histogram.sum]).toEqual([3, 60.305]);
  });
});

describe('renderFamilies', () => {
  test('says what each number is, and escapes labels', () => {
    const samples = [{ suffix: '_sum', labels: { a: 'x"\\\n' }, value: 1.5 }];
    expect(renderFamilies([{ name: 'n', help: 'What', type: 'histogram', samples }])).toBe(
      '# HELP n What\n# TYPE n histogram\nn_sum{a="x\\"\\\\\\n"} 1.5\n',
    );
  });
});

function linesOf(metrics: Metrics): string[] {
  const lines = renderFamilies(metrics.families()).trim().split('\n');
  return lines.filter((line) => !line.startsWith('#'));
}
