import type { Labels, Metric, Sample } from './metric.ts';

/** The Content-Type of {@link exposition}. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats). */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(text).join('');
}

function text(metric: Metric): string {
  const { name, help, type } = metric;
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  return [...lines, ...metric.samples().map((sample) => line(name, sample)), ''].join('\n');
}

function line(name: string, { suffix = '', labels, value }: Sample): string {
  return `${name}${suffix}${labelText(labels)} ${value}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
