/** How of-watchdog writes what it logs. */
const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** "2026/11/21 14:05:09 text", in UTC as in a container. */
export function stamped(text: string, now = new Date()): string {
  return `${now.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} ${text}`;
}

/** Four digits and a unit of 1000: 39 → "39B", 1234567 → "1.235MB". */
export function humanSize(bytes: number): string {
  const step = bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3);
  const power = Math.min(step, SIZES.length - 1);
  return `${Number((bytes / 1_000 ** power).toPrecision(4))}${SIZES[power] ?? ''}`;
}

/** As Go prints a duration: 90000 → "1m30s", 1500 → "1.5s". */
export function goDuration(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (minutes < 1) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

export interface ServedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  /** "200 OK", or only the number. */
  readonly status: string;
  /** -1 = unknown. */
  readonly contentLength: number;
  readonly seconds: number;
}

export function requestLine({
  method,
  url,
  status,
  contentLength,
  seconds,
}: ServedRequest): string {
  const size = humanSize(contentLength);
  return `${method ?? ''} ${url ?? ''} - ${status} - ContentLength: ${size} (${seconds.toFixed(4)}s)`;
}
