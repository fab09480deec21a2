import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { parseDurationMs } from '../emulator/duration.ts';
import { isMode, MODES, type Mode } from '../emulator/mode.ts';
import type { Broker } from './installation.ts';

export const HELP = `npm run conformance -- [options]

Whether an OpenFaaS keeps its contract, item by item. Without --gateway an emulator is started for
it. Deploys functions called conformance-…, at most three at once (item 21: as many as may be), and
removes them. Exits 0 when no item failed, 1 when one did, 2 when it was called wrongly.

  --gateway URL           the installation to look at
  --user-file FILE        its basic-auth-user                      (required with --gateway)
  --password-file FILE    its basic-auth-password                  (required with --gateway)
  --only N[,N…]           only these items; may be repeated
  --mode MODE             its provider: kubernetes or faasd        [asked; own emulator: kubernetes]
  --images PREFIX         where conformance-probe:latest was pushed [video-to-mp3]
  --large-bytes N         how much item 7 uploads                  [268435456]

What the installation cannot tell, and more items can be checked with:
  --upstream-timeout T    its gateway's upstream_timeout, at most 60s
  --metrics-url URL       its gateway's metrics
  --processes FILE        processes.json of an emulator on this machine
  --amqp-url URL          the broker of its RabbitMQ connector; an own emulator gets a connector
  --topic EXCHANGE/TOPIC  one of the connector's topology set aside for this [conformance/rung]
  --help`;

export interface Foreign {
  readonly gatewayUrl: string;
  readonly user: string;
  readonly password: string;
  readonly upstreamTimeoutMs: number | undefined;
  readonly metricsUrl: string | undefined;
  readonly processesFile: string | undefined;
}

export interface Command {
  readonly isHelp: boolean;
  /** Undefined: an own emulator. */
  readonly foreign: Foreign | undefined;
  /** Empty: all. */
  readonly only: readonly number[];
  readonly mode: Mode | undefined;
  readonly image: string;
  readonly largeBytes: number;
  readonly broker: Broker | undefined;
}

const OPTIONS = {
  gateway: { type: 'string' },
  'user-file': { type: 'string' },
  'password-file': { type: 'string' },
  only: { type: 'string', multiple: true },
  mode: { type: 'string' },
  images: { type: 'string', default: 'video-to-mp3' },
  'large-bytes': { type: 'string', default: String(256 * 1024 * 1024) },
  'upstream-timeout': { type: 'string' },
  'metrics-url': { type: 'string' },
  processes: { type: 'string' },
  'amqp-url': { type: 'string' },
  topic: { type: 'string', default: 'conformance/rung' },
  help: { type: 'boolean', default: false },
} as const;

const LONGEST_UPSTREAM_MS = 60_000;
const ITEMS = 25;

type Values = ReturnType<typeof parse>;

/** Throws a sentence for whatever is wrong with the arguments. */
export function parseCommandLine(args: readonly string[]): Command {
  const values = parse(args);
  return {
    isHelp: values.help,
    foreign: values.help ? undefined : foreignOf(values),
    only: (values.only ?? []).flatMap((list) => list.split(',')).map(itemNumber),
    mode: modeOf(values.mode),
    image: `${values.images}/conformance-probe:latest`,
    largeBytes: positive('--large-bytes', values['large-bytes']),
    broker: brokerOf(values),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS }).values;
}

function foreignOf(values: Values): Foreign | undefined {
  if (values.gateway === undefined) {
    for (const name of ['user-file', 'upstream-timeout', 'metrics-url', 'processes'] as const) {
      if (values[name] !== undefined) throw new Error(`--${name} needs --gateway`);
    }
    return undefined;
  }
  return {
    gatewayUrl: urlOf(values.gateway),
    user: credential('--user-file', values['user-file']),
    password: credential('--password-file', values['password-file']),
    upstreamTimeoutMs: upstreamTimeoutOf(values['upstream-timeout']),
    metricsUrl: values['metrics-url'],
    processesFile: values.processes,
  };
}

function urlOf(text: string): string {
  const { protocol } = URL.parse(text) ?? {};
  if (protocol === 'http:' || protocol === 'https:') return text.replace(/\/+$/u, '');
  throw new Error(`--gateway: "${text}" is no URL of http or https`);
}

function credential(option: string, file: string | undefined): string {
  if (file === undefined) throw new Error(`${option} is required with --gateway`);
  return readFileSync(file, 'utf8').trim();
}

function itemNumber(text: string): number {
  const number = positive('--only', text);
  if (number > ITEMS) throw new Error(`--only: there are ${ITEMS} items`);
  return number;
}

function positive(option: string, text: string): number {
  if (/^[1-9]\d*$/u.test(text)) return Number(text);
  throw new Error(`${option}: "${text}" is no positive whole number`);
}

function modeOf(text: string | undefined): Mode | undefined {
  if (text === undefined || isMode(text)) return text;
  throw new Error(`--mode: "${text}" is neither ${MODES.join(' nor ')}`);
}

function upstreamTimeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_UPSTREAM_MS) return ms;
  throw new Error(`--upstream-timeout: "${text}" is no duration of at most 60s`);
}

function brokerOf(values: Values): Broker | undefined {
  const [exchange = '', topic = '', ...rest] = values.topic.split('/');
  if (exchange === '' || topic === '' || rest.length > 0) {
    throw new Error(`--topic: "${values.topic}" is not EXCHANGE/TOPIC`);
  }
  const url = values['amqp-url'];
  return url === undefined ? undefined : { url, exchange, topic };
}
