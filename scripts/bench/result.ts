import { type Budget, type Measured, median } from './benchmark.ts';

/** Columns that a benchmark's name takes. */
export const nameWidth = 18;

/** An entry of bench/results.json. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** The median of the repeats. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  readonly bound: number;
  /** Which side of the bound is good. */
  readonly better: Budget['better'];
  /** The absolute figures, which speak of one machine. */
  readonly figures: Readonly<Record<string, string>>;
}

/** What a benchmark came to. */
export function resultOf({ name, title, bound, better }: Budget, measured: Measured): Result {
  const { ratios, figures } = measured;
  const round = (ratio: number) => Number(ratio.toFixed(3));
  return {
    name,
    title,
    ratio: round(median(ratios)),
    min: round(Math.min(...ratios)),
    max: round(Math.max(...ratios)),
    bound,
    better,
    figures: Object.fromEntries(figures),
  };
}

/** Whether the ratio is within its bound. */
export function isWithin({ ratio, bound, better }: Result): boolean {
  return better === 'lower' ? ratio <= bound : ratio >= bound;
}

/** The result, and the absolute figures beside it, as lines of a table. */
export function describe(result: Result): string {
  const { name, title, ratio, min, max, bound, better, figures } = result;
  const limit = `${better === 'lower' ? '≤' : '≥'} ${bound}`;
  const verdict = isWithin(result) ? 'ok' : 'MISSED';
  const width = Math.max(...Object.keys(figures).map((what) => what.length));
  const indent = ' '.repeat(nameWidth + 1);
  return [
    `${name.padEnd(nameWidth)} ${ratio.toFixed(2)}  (${min.toFixed(2)} to ${max.toFixed(2)})  ${limit}  ${verdict}`,
    `${indent}${title}`,
    ...Object.entries(figures).map(([what, value]) => `${indent}${what.padEnd(width)}  ${value}`),
  ].join('\n');
}
