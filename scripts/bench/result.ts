import { type Budget, type Measured, median } from './benchmark.ts';

/** Columns that a benchmark's name takes. */
export const nameWidth = 18;

/** A line of bench/results.json. */
export interface Result {
  readonly name: string;
  /** The median of the repeats. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  readonly bound: number;
  /** Which side of the bound is good. */
  readonly better: Budget['better'];
}

/** What a benchmark came to. */
export function resultOf({ name, bound, better }: Budget, { ratios }: Measured): Result {
  const round = (ratio: number) => Number(ratio.toFixed(3));
  const [ratio, min, max] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map(round);
  return { name, ratio: ratio ?? NaN, min: min ?? NaN, max: max ?? NaN, bound, better };
}

/** Whether the ratio is within its bound. */
export function isWithin({ ratio, bound, better }: Result): boolean {
  return better === 'lower' ? ratio <= bound : ratio >= bound;
}

/** The result, and the absolute figures beside it, as lines of a table. */
export function describe(result: Result, { title }: Budget, { figures }: Measured): string {
  const { name, ratio, min, max, bound, better } = result;
  const limit = `${better === 'lower' ? '≤' : '≥'} ${bound}`;
  const verdict = isWithin(result) ? 'ok' : 'MISSED';
  const width = Math.max(...figures.map(([what]) => what.length));
  const indent = ' '.repeat(nameWidth + 1);
  return [
    `${name.padEnd(nameWidth)} ${ratio.toFixed(2)}  (${min.toFixed(2)} to ${max.toFixed(2)})  ${limit}  ${verdict}`,
    `${indent}${title}`,
    ...figures.map(([what, value]) => `${indent}${what.padEnd(width)}  ${value}`),
  ].join('\n');
}
