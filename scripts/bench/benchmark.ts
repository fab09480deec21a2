import type { ProgressOutput } from '../stack/progress.ts';
import { quantile } from './quantile.ts';
import type { Service } from './service.ts';

/** What any benchmark runs on. */
export interface BareBench {
  /** Where inputs are made; removed at the end. */
  readonly folder: string;
  readonly repeats: number;
  readonly report: ProgressOutput['report'];
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a benchmark of the service runs on. */
export interface Bench extends BareBench {
  readonly service: Service;
}

/** A line of absolute figures beside the ratio, for a person. */
export type Figure = readonly [what: string, value: string];

export interface Measured {
  /** One of each repeat, taken side by side with what it is compared with. */
  readonly ratios: readonly number[];
  readonly figures: readonly Figure[];
}

/** What a benchmark measures and which ratio is good enough. */
export interface Budget {
  readonly name: string;
  /** What is divided by what. */
  readonly title: string;
  readonly bound: number;
  readonly better: 'lower' | 'higher';
}

/** One budget of the design: a ratio that holds on any machine. */
export interface Benchmark<Given extends BareBench = Bench> extends Budget {
  readonly measure: (bench: Given) => Promise<Measured>;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Seconds that some work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
