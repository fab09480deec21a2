import { describe, expect, test } from '@jest/globals';
import { plotOf } from './plot.ts';
import type { Result } from './result.ts';

const speed: Result = {
  name: 'a-speed',
  title: 'a ÷ b',
  ratio: 0.5,
  min: 0.4,
  max: 0.6,
  bound: 1,
  better: 'lower',
  figures: {},
};

const circles = (svg: string) =>
  [...svg.matchAll(/<circle class="(\w+)" cx="([\d.]+)"/g)].map(([, kind, x]) => [kind, Number(x)]);
const boundAt = (svg: string) => Number(/class="bound" x1="([\d.]+)"/.exec(svg)?.[1]);

describe('plotOf', () => {
  test('puts what is within its bound left of the line, what is not right of it', () => {
    const svg = plotOf([speed, { ...speed, ratio: 1.2, max: 1.3 }]);
    const [[kind, x] = [], [otherKind, otherX] = []] = circles(svg);
    expect([kind, otherKind]).toEqual(['ok', 'missed']);
    expect(x).toBeLessThan(boundAt(svg));
    expect(otherX).toBeGreaterThan(boundAt(svg));
  });

  test('turns a ratio round that is good when it is high', () => {
    const svg = plotOf([
      { ...speed, better: 'higher', ratio: 2, min: 1.5, max: 2.5 },
      { ...speed, better: 'higher', ratio: 0.8, min: 0.7, max: 0.9 },
    ]);
    const [[, x] = [], [kind, otherX] = []] = circles(svg);
    expect(x).toBeLessThan(boundAt(svg));
    expect(kind).toBe('missed');
    expect(otherX).toBeGreaterThan(boundAt(svg));
  });

  test('keeps the worst repeat within the picture, however bad it is', () => {
    const svg = plotOf([{ ...speed, max: 40 }]);
    const ends = [...svg.matchAll(/x2="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(Math.max(...ends)).toBeLessThan(600);
  });

  test('has one row for each result, named, and colours for a dark page', () => {
    const svg = plotOf([speed, { ...speed, name: 'b-other' }]);
    expect(svg).toContain('>a-speed<');
    expect(svg).toContain('>b-other<');
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});
