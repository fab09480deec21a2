import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { parseFlaws } from './connector/flaws.ts';
import { readTopology } from './connector/topology.ts';
import { parseDurationMs } from './duration.ts';
import type { EmulatorOptions, RabbitMq } from './emulator.ts';
import { isMode, MODES, type Mode } from './mode.ts';

export const HELP = `OpenFaaS on one machine: gateway, provider, watchdogs, RabbitMQ connector, cron connector.

node scripts/emulator/main.ts [options]

  --port N|auto           gateway port (auto: 8080 if free, else any)    [auto]
  --host ADDRESS          where the gateway listens                      [127.0.0.1]
  --mode MODE             the provider: kubernetes or faasd              [kubernetes]
  --exact-drain           a stopped function waits its healthcheck_interval out
  --grace-period T        from SIGTERM to SIGKILL; faasd calls it grace_period  [30s]
  --state DIR             secrets, unpacked code, logs, processes.json   [.local/emulator]
  --bundles DIR           folder with one bundle per function            [dist]
  --contexts DIR          folder of "faas-cli build --shrinkwrap"        [build]
  --template DIR          folder with one folder per language            [template]
  --user-file FILE        basic-auth-user                                (required)
  --password-file FILE    basic-auth-password                            (required)
  --amqp-url URL          RabbitMQ; without it no connector runs
  --topology FILE         the connector's topology (YAML)
  --topic-map-refresh T   how often the connector lists functions        [30s]
  --flaws CODES           provokes flaws of the connector, e.g. L1,D3=5 (docs/emulator.md)
  --cron-rebuild T        how often the cron connector does              [10s]
  --read-timeout T        gateway: whole request body                    [2h]
  --write-timeout T       gateway: whole exchange                        [2h]
  --upstream-timeout T    gateway: function's answer                     [2h]
  --provider-timeout T    provider: its whole exchange with a function   [2h]
  --async                 /async-function queues calls in memory; else it is 404
  --async-ack-wait T      a call that takes longer is delivered again    [60s; faasd: 5m5s]
  --no-scale-from-zero    gateway: an unknown function is 503, not 404
  --pids-into FILE        JSON file whose "functions" is kept as name → process id
  --ready-file FILE       written with URL, metrics URL and pid when the gateway listens
  --help

SIGTERM or Ctrl-C stops everything in order; a second one kills.`;

export interface Command {
  readonly isHelp: boolean;
  readonly readyFile: string | undefined;
  readonly emulator: () => Omit<EmulatorOptions, 'report'>;
}

/** Throws a sentence for an unknown option; files are read when `emulator` is called. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  return {
    isHelp: values.help,
    readyFile: values['ready-file'],
    emulator: () => ({
      port: portOf(values.port),
      host: values.host,
      mode: modeOf(values.mode),
      gracePeriodMs: durationOf(values['grace-period']),
      isDrainExact: values['exact-drain'],
      pidsInto: values['pids-into'],
      // Functions run elsewhere and are told where their secrets lie.
      state: resolve(values.state),
      places: { contexts: values.contexts, bundles: values.bundles, templates: values.template },
      credentials: {
        user: readCredential('--user-file', values['user-file']),
        password: readCredential('--password-file', values['password-file']),
      },
      timeouts: {
        readTimeoutMs: durationOf(values['read-timeout']),
        writeTimeoutMs: durationOf(values['write-timeout']),
        upstreamTimeoutMs: durationOf(values['upstream-timeout']),
        providerTimeoutMs: durationOf(values['provider-timeout']),
      },
      isScaleFromZero: !values['no-scale-from-zero'],
      async: values.async ? { ackWaitMs: ackWaitOf(values) } : undefined,
      rabbitMq: rabbitMqOf(values),
      flaws: parseFlaws(values.flaws),
      cronRebuildMs: durationOf(values['cron-rebuild']),
    }),
  };
}

const OPTIONS = {
  port: { type: 'string', default: 'auto' },
  host: { type: 'string', default: '127.0.0.1' },
  mode: { type: 'string', default: 'kubernetes' },
  'grace-period': { type: 'string', default: '30s' },
  'exact-drain': { type: 'boolean', default: false },
  'pids-into': { type: 'string' },
  state: { type: 'string', default: '.local/emulator' },
  bundles: { type: 'string', default: 'dist' },
  contexts: { type: 'string', default: 'build' },
  template: { type: 'string', default: 'template' },
  'user-file': { type: 'string' },
  'password-file': { type: 'string' },
  'amqp-url': { type: 'string' },
  topology: { type: 'string' },
  'topic-map-refresh': { type: 'string', default: '30s' },
  flaws: { type: 'string', default: '' },
  'cron-rebuild': { type: 'string', default: '10s' },
  'read-timeout': { type: 'string', default: '2h' },
  'write-timeout': { type: 'string', default: '2h' },
  'upstream-timeout': { type: 'string', default: '2h' },
  'provider-timeout': { type: 'string', default: '2h' },
  async: { type: 'boolean', default: false },
  'async-ack-wait': { type: 'string' },
  'no-scale-from-zero': { type: 'boolean', default: false },
  'ready-file': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

interface AsyncValues {
  readonly mode: string;
  readonly 'async-ack-wait'?: string | undefined;
}

/** As the chart and faasd's compose file set it. */
function ackWaitOf({ mode, 'async-ack-wait': ackWait }: AsyncValues): number {
  return durationOf(ackWait ?? (modeOf(mode) === 'faasd' ? '5m5s' : '60s'));
}

interface RabbitMqValues {
  readonly 'amqp-url'?: string | undefined;
  readonly topology?: string | undefined;
  readonly 'topic-map-refresh': string;
}

function rabbitMqOf(values: RabbitMqValues): RabbitMq | undefined {
  const url = values['amqp-url'];
  if (url === undefined) return undefined;
  if (values.topology === undefined) throw new Error('--amqp-url needs --topology');
  const mapRefreshMs = durationOf(values['topic-map-refresh']);
  return { url, topology: readTopology(values.topology), mapRefreshMs };
}

function portOf(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (!/^\d{1,5}$/u.test(text)) throw new Error(`--port: "${text}" is neither a number nor "auto"`);
  return Number(text);
}

function modeOf(text: string): Mode {
  if (!isMode(text)) throw new Error(`--mode: "${text}" is neither ${MODES.join(' nor ')}`);
  return text;
}

function durationOf(text: string): number {
  const value = parseDurationMs(text);
  if (value === undefined) throw new Error(`"${text}" is not a duration such as 30s or 1h30m`);
  return value;
}

function readCredential(option: string, file: string | undefined): string {
  if (file === undefined) throw new Error(`${option} is required`);
  return readFileSync(file, 'utf8').trim();
}
