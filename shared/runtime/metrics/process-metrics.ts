import { gauge, type Metric } from './metric.ts';

const value = (read: () => number) => () => [{ labels: {}, value: read() }];

/** This process as it is when asked, under the names that every dashboard knows. */
export const processMetrics: readonly Metric[] = [
  gauge(
    { name: 'process_resident_memory_bytes', help: 'Memory that the process holds.' },
    value(() => process.memoryUsage.rss()),
  ),
  {
    ...gauge(
      { name: 'process_cpu_seconds_total', help: 'User and system time that the process took.' },
      value(() => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      }),
    ),
    type: 'counter',
  },
  gauge(
    { name: 'process_start_time_seconds', help: 'When the process began, since 1970.' },
    value(() => Date.now() / 1_000 - process.uptime()),
  ),
];
