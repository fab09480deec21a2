import { describe, expect, test } from '@jest/globals';
import { exposition } from './exposition.ts';
import { createCounter, createHistogram, gauge } from './metric.ts';

const named = { name: 'v2m_things', help: 'Things that were seen.' };
const linesOf = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));

describe('createCounter', () => {
  test('counts each set of labels for itself, in whatever order they are written', () => {
    const counter = createCounter(named);
    counter.add({ kind: 'a', code: '1' });
    counter.add({ code: '1', kind: 'a' }, 2.5);
    counter.add({ kind: 'b', code: '1' });

    expect(counter.samples().map(({ value }) => value)).toEqual([3.5, 1]);
  });

  test('has no line before its first count', () => {
    expect(exposition([createCounter(named)])).toBe(
      '# HELP v2m_things Things that were seen.\n# TYPE v2m_things counter\n',
    );
  });
});

describe('createHistogram', () => {
  test('counts a value in its bucket and in all above, a bound in its own', () => {
    const histogram = createHistogram(named, [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe({ route: '/' }, value);

    expect(linesOf(exposition([histogram]))).toEqual([
      'v2m_things_bucket{route="/",le="0.1"} 2',
      'v2m_things_bucket{route="/",le="1"} 3',
      'v2m_things_bucket{route="/",le="+Inf"} 4',
      'v2m_things_sum{route="/"} 7.65',
      'v2m_things_count{route="/"} 4',
      '',
    ]);
  });
});

describe('exposition', () => {
  test('reads a gauge when it is asked for', () => {
    let depth = 1;
    const metric = gauge(named, () => [{ labels: {}, value: depth }]);
    depth = 2;
    expect(exposition([metric])).toBe(
      '# HELP v2m_things Things that were seen.\n# TYPE v2m_things gauge\nv2m_things 2\n',
    );
  });

  test('keeps a label in its quotes and on its line', () => {
    const metric = gauge(named, () => [{ labels: { path: 'a"b\\c\nd' }, value: 0 }]);
    expect(linesOf(exposition([metric]))[0]).toBe('v2m_things{path="a\\"b\\\\c\\nd"} 0');
  });
});
