import { parseDurationMs } from '../duration.ts';

/** of-watchdog's environment variables, read. */
export interface WatchdogSettings {
  readonly command: readonly string[];
  readonly upstream: URL;
  readonly execTimeoutMs: number | undefined;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly healthcheckIntervalMs: number;
  /** 0 = unlimited. */
  readonly maxInflight: number;
  readonly readyPath: string | undefined;
  readonly prefixLogs: boolean;
  /** Bytes a log line may have; -1 = unlimited. */
  readonly logBufferSize: number;
}

type Env = Readonly<Record<string, string>>;

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_LOG_BUFFER = 65_536;

/** Throws a sentence when the real watchdog would refuse to start. */
export function readWatchdogSettings(env: Env): WatchdogSettings {
  const mode = env['mode'] ?? 'streaming';
  if (mode !== 'http') throw new Error(`mode "${mode}" is not emulated: use mode "http"`);
  const writeTimeoutMs = durationOf(env, 'write_timeout') ?? DEFAULT_TIMEOUT_MS;
  if (writeTimeoutMs === 0) throw new Error('write_timeout must be over 0');
  const execTimeoutMs = durationOf(env, 'exec_timeout') ?? DEFAULT_TIMEOUT_MS;
  return {
    command: commandOf(env),
    upstream: upstreamOf(env),
    execTimeoutMs: execTimeoutMs === 0 ? undefined : execTimeoutMs,
    readTimeoutMs: durationOf(env, 'read_timeout') ?? DEFAULT_TIMEOUT_MS,
    writeTimeoutMs,
    healthcheckIntervalMs: durationOf(env, 'healthcheck_interval') ?? writeTimeoutMs,
    maxInflight: Number(env['max_inflight'] ?? 0),
    readyPath: env['ready_path'],
    prefixLogs: env['prefix_logs'] !== 'false',
    logBufferSize: Number(env['log_buffer_size'] ?? DEFAULT_LOG_BUFFER),
  };
}

function commandOf(env: Env): string[] {
  const command = env['fprocess'] ?? env['function_process'];
  if (command === undefined || command === '') throw new Error('fprocess is not set');
  return command.split(' ');
}

function upstreamOf(env: Env): URL {
  const url = env['upstream_url'] ?? env['http_upstream_url'];
  if (url === undefined) throw new Error('upstream_url is not set');
  return new URL(url);
}

function durationOf(env: Env, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = parseDurationMs(text);
  if (value === undefined) throw new Error(`${name} is not a duration: "${text}"`);
  return value;
}
