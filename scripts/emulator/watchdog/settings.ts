import {
  booleanOf,
  durationOf,
  switchOf,
  unreadableDurations,
  wholeOf,
  type Env,
} from './variables.ts';

export const RUN_MODES = ['http', 'streaming', 'serializing', 'static'] as const;

export type RunMode = (typeof RUN_MODES)[number];

/** of-watchdog's environment variables, read. */
export interface WatchdogSettings {
  readonly mode: RunMode;
  /** Empty in mode static only. */
  readonly command: readonly string[];
  /** Set in mode http only. */
  readonly upstream: URL | undefined;
  /** undefined = no limit. */
  readonly execTimeoutMs: number | undefined;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly healthcheckIntervalMs: number;
  /** 0 = unlimited. */
  readonly maxInflight: number;
  readonly readyPath: string | undefined;
  readonly contentType: string;
  readonly staticPath: string;
  readonly isRequestBuffered: boolean;
  readonly isLockSuppressed: boolean;
  readonly prefixLogs: boolean;
  /** Bytes a log line may have with its end; under 0 = unlimited. */
  readonly logBufferSize: number;
  readonly isCallIdLogged: boolean;
  /** What the original takes in silence and its user did not mean. */
  readonly warnings: readonly string[];
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_LOG_BUFFER = 65_536;
const DURATIONS = ['exec_timeout', 'read_timeout', 'write_timeout', 'healthcheck_interval'];

/** Throws a sentence where the real watchdog would not start, or only with a licence. */
export function readWatchdogSettings(env: Env): WatchdogSettings {
  const mode = modeOf(env['mode'] ?? '');
  const writeTimeoutMs = durationOf(env, 'write_timeout', DEFAULT_TIMEOUT_MS);
  if (writeTimeoutMs === 0) throw new Error('write_timeout must be over 0s');
  if (switchOf(env, 'jwt_auth')) {
    throw new Error('jwt_auth needs OpenFaaS for Enterprises: it is not emulated');
  }
  const execTimeoutMs = durationOf(env, 'exec_timeout', DEFAULT_TIMEOUT_MS);
  return {
    mode,
    command: commandOf(env, mode),
    upstream: mode === 'http' ? upstreamOf(env) : undefined,
    execTimeoutMs: execTimeoutMs === 0 ? undefined : execTimeoutMs,
    readTimeoutMs: durationOf(env, 'read_timeout', DEFAULT_TIMEOUT_MS),
    writeTimeoutMs,
    healthcheckIntervalMs: durationOf(env, 'healthcheck_interval', writeTimeoutMs),
    maxInflight: wholeOf(env, 'max_inflight', 0),
    readyPath: env['ready_path'] === '' ? undefined : env['ready_path'],
    contentType: env['content_type'] ?? 'application/octet-stream',
    staticPath: env['static_path'] ?? '/home/app/public',
    isRequestBuffered: switchOf(env, 'http_buffer_req_body') || switchOf(env, 'buffer_http'),
    isLockSuppressed: switchOf(env, 'suppress_lock'),
    prefixLogs: booleanOf(env, 'prefix_logs', true),
    logBufferSize: logBufferOf(env),
    isCallIdLogged: booleanOf(env, 'log_callid', false),
    warnings: warningsOf(env),
  };
}

function modeOf(text: string): RunMode {
  if (text === '') return 'streaming';
  if (text === 'inproc') {
    throw new Error('mode "inproc" is for handlers linked into of-watchdog, a library for Go');
  }
  const mode = RUN_MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`unknown watchdog mode: "${text}"`);
  return mode;
}

function commandOf(env: Env, mode: RunMode): string[] {
  const command = env['function_process'] ?? env['fprocess'] ?? '';
  if (mode === 'static') return [];
  if (command === '') throw new Error('neither fprocess nor function_process is set');
  return command.split(' ');
}

function upstreamOf(env: Env): URL {
  const url = env['http_upstream_url'] ?? env['upstream_url'] ?? '';
  if (!URL.canParse(url)) throw new Error(`upstream_url is not a URL: "${url}"`);
  return new URL(url);
}

function logBufferOf(env: Env): number {
  const text = env['log_buffer_size'] ?? String(DEFAULT_LOG_BUFFER);
  if (!/^[-+]?\d+$/u.test(text)) throw new Error(`invalid log_buffer_size value: ${text}`);
  return Number(text);
}

function warningsOf(env: Env): string[] {
  const warnings = unreadableDurations(env, DURATIONS).map(
    (name) => `${name} is not a duration: "${env[name] ?? ''}"; the default is taken`,
  );
  if (switchOf(env, 'suppress_lock')) {
    warnings.push('suppress_lock: without the lock file /_/health is 503 for ever');
  }
  if (env['log_call_id'] !== undefined) {
    warnings.push('log_call_id is not read: the variable is log_callid');
  }
  return warnings;
}
