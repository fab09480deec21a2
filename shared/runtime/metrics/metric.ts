/**
 * What tells one count of a metric from another; values come from closed lists, never from people.
 */
export type Labels = Readonly<Record<string, string>>;

/** One line: the name may carry a suffix, as histograms need. */
export interface Sample {
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A figure with a name, as Prometheus takes it. */
export interface Metric {
  /** In base units, counters with `_total`: prometheus.io/docs/practices/naming. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): readonly Sample[];
}

type Named = Pick<Metric, 'name' | 'help'>;

/** Counts up. */
export interface Counter extends Metric {
  /** `amount` is 1 unless said otherwise. */
  add(labels: Labels, amount?: number): void;
}

/** A counter at nothing: a count appears with its first `add`. */
export function createCounter(named: Named): Counter {
  const counts = new Map<string, { labels: Labels; value: number }>();
  return {
    ...named,
    type: 'counter',
    add(labels, amount = 1) {
      const key = keyOf(labels);
      counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + amount });
    },
    samples: () => [...counts.values()],
  };
}

/** Something that is read when it is asked for. */
export function gauge(named: Named, samples: () => readonly Sample[]): Metric {
  return { ...named, type: 'gauge', samples };
}

/** Counts values by size. */
export interface Histogram extends Metric {
  observe(labels: Labels, value: number): void;
}

/** A histogram whose buckets end at `bounds`, ascending; the last is without end. */
export function createHistogram(named: Named, bounds: readonly number[]): Histogram {
  const seen = new Map<string, { labels: Labels; counts: number[]; sum: number }>();
  return {
    ...named,
    type: 'histogram',
    observe(labels, value) {
      const known = seen.get(keyOf(labels)) ?? { labels, counts: [], sum: 0 };
      const bucket = bounds.findIndex((bound) => value <= bound);
      const index = bucket < 0 ? bounds.length : bucket;
      known.counts[index] = (known.counts[index] ?? 0) + 1;
      seen.set(keyOf(labels), { ...known, sum: known.sum + value });
    },
    samples: () => [...seen.values()].flatMap((one) => bucketSamples(bounds, one)),
  };
}

function bucketSamples(
  bounds: readonly number[],
  { labels, counts, sum }: { labels: Labels; counts: readonly number[]; sum: number },
): readonly Sample[] {
  let total = 0;
  const buckets = [...bounds.map(String), '+Inf'].map((le, index) => {
    total += counts[index] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le }, value: total };
  });
  return [
    ...buckets,
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: total },
  ];
}

function keyOf(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
