/** The replicas a function may have; the community edition never has more than five. */
export interface ScaleRange {
  readonly min: number;
  readonly max: number;
  /** Per cent of `max` that an alert adds. */
  readonly factor: number;
}

const MIN = 1;
const MAX = 5;
const FACTOR = 20;

export function clampReplicas(wanted: number): number {
  return Math.min(Math.max(wanted, MIN), MAX);
}

/** Labels com.openfaas.scale.{min,max,factor}; what is no number counts as absent. */
export function scaleRangeOf(labels: Readonly<Record<string, string>>): ScaleRange {
  const label = (name: string, otherwise: number): number => {
    const value = labels[`com.openfaas.scale.${name}`] ?? '';
    return /^\d+$/u.test(value) ? Number(value) : otherwise;
  };
  const min = clampReplicas(label('min', MIN));
  const max = Math.max(clampReplicas(label('max', MAX)), min);
  return { min, max, factor: Math.min(label('factor', FACTOR), 100) };
}

/** A firing alert adds a step, up to the most there may be; any other goes back to the least. */
export function replicasAfterAlert(
  status: string,
  current: number,
  { min, max, factor }: ScaleRange,
): number {
  if (status !== 'firing') return min;
  const step = Math.ceil((max * factor) / 100);
  return Math.min(current + step, max);
}
