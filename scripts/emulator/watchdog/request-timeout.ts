import { parseDurationMs } from '../duration.ts';

/**
 * What X-Timeout leaves of exec_timeout: a Go duration that is not longer takes its place. As with
 * the original, one of 0 or less takes the limit away; where there is none, none can be set.
 */
export function requestTimeoutMs(
  header: string | undefined,
  execTimeoutMs: number | undefined,
): number | undefined {
  if (header === undefined || execTimeoutMs === undefined) return execTimeoutMs;
  const isNegative = header.startsWith('-');
  const ms = goDurationMs(header.replace(/^[-+]/u, ''));
  if (ms === undefined || (!isNegative && ms > execTimeoutMs)) return execTimeoutMs;
  return isNegative || ms === 0 ? undefined : ms;
}

/** Unlike the variables, a header takes no bare number of seconds but 0. */
function goDurationMs(text: string): number | undefined {
  return /^\d+$/u.test(text) && Number(text) !== 0 ? undefined : parseDurationMs(text);
}
