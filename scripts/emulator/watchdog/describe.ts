import { goDuration } from './log-format.ts';
import type { WatchdogSettings } from './settings.ts';

/** What the original tells of itself at its start. */
export function describe(
  settings: WatchdogSettings,
  { port, metricsPort }: { readonly port: number; readonly metricsPort: number },
): string[] {
  const { readTimeoutMs, writeTimeoutMs, execTimeoutMs = 0, healthcheckIntervalMs } = settings;
  const [read, write, hard, health] = [
    readTimeoutMs,
    writeTimeoutMs,
    execTimeoutMs,
    healthcheckIntervalMs,
  ].map(goDuration);
  return [
    ...settings.warnings,
    `Watchdog mode: ${settings.mode}\tfprocess: ${JSON.stringify(settings.command.join(' '))}`,
    `Timeouts: read: ${read ?? ''} write: ${write ?? ''} hard: ${hard ?? ''} health: ${health ?? ''}`,
    `Listening on port: ${port}`,
    `Metrics listening on port: ${metricsPort}`,
  ];
}
