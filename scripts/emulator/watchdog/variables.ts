/** Environment variables as Go programs read them: what cannot be read counts as not set. */
import { parseDurationMs } from '../duration.ts';

export type Env = Readonly<Record<string, string>>;

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Milliseconds of a Go duration or of whole seconds; else the fallback. */
export function durationOf(env: Env, name: string, fallbackMs: number): number {
  return parseDurationMs(env[name] ?? '') ?? fallbackMs;
}

/** A whole number; 0 when it is set to anything else. */
export function wholeOf(env: Env, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined) return fallback;
  return /^[-+]?\d+$/u.test(text) ? Number(text) : 0;
}

/** On only by "true" or "1". */
export function switchOf(env: Env, name: string): boolean {
  return ['true', '1'].includes(env[name] ?? '');
}

/** On or off in any of Go's spellings; else the fallback. */
export function booleanOf(env: Env, name: string, fallback: boolean): boolean {
  const text = env[name] ?? '';
  if (TRUE.includes(text)) return true;
  return FALSE.includes(text) ? false : fallback;
}

/** The names that are set to something unreadable as a duration. */
export function unreadableDurations(env: Env, names: readonly string[]): string[] {
  return names.filter((name) => {
    const text = env[name];
    return text !== undefined && parseDurationMs(text) === undefined;
  });
}
