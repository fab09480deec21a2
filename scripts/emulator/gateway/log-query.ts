import type { LogLine } from '../provider/log-store.ts';
import { ProviderError } from '../provider/provider-error.ts';

export interface LogQuery {
  readonly name: string;
  readonly namespace: string;
  /** How many of the lines there are; Infinity = all. */
  readonly tail: number;
  readonly isFollowing: boolean;
  /** Whether a line is of the wanted replica and time. */
  readonly includes: (line: LogLine) => boolean;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u;
const WHOLE = /^[+-]?\d+$/u;
/** What Go reads as true. */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** Throws a ProviderError 422 for what cannot be read. A name given twice counts the last time. */
export function readLogQuery(query: URLSearchParams, reachBackMs: number | undefined): LogQuery {
  const value = (name: string): string => query.getAll(name).at(-1) ?? '';
  const instance = value('instance');
  const sinceMs = timeOf(value('since')) ?? Date.now() - (reachBackMs ?? Infinity);
  return {
    name: value('name'),
    namespace: value('namespace'),
    tail: tailOf(value('tail')),
    isFollowing: TRUE.includes(value('follow')),
    includes: (line) =>
      (instance === '' || line.instance === instance) && Date.parse(line.timestamp) >= sinceMs,
  };
}

function timeOf(text: string): number | undefined {
  if (text === '') return undefined;
  const time = Date.parse(text);
  if (!RFC_3339.test(text) || Number.isNaN(time)) unreadable('since', text);
  return time;
}

/** Zero and less, the CLI's default, mean all there is. */
function tailOf(text: string): number {
  if (text !== '' && !WHOLE.test(text)) unreadable('tail', text);
  return Number(text) > 0 ? Number(text) : Infinity;
}

function unreadable(name: string, text: string): never {
  throw new ProviderError(422, `${name}: cannot read "${text}"`);
}
