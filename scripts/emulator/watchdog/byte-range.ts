export interface ByteRange {
  readonly start: number;
  /** The last byte, included. */
  readonly end: number;
}

/** One range of a file; 'unsatisfiable' when it lies behind the end, undefined for all of it. */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/u.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return rangeTo(Math.max(0, size - Number(last)), size - 1, size);
  return rangeTo(Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1), size);
}

function rangeTo(start: number, end: number, size: number): ByteRange | 'unsatisfiable' {
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}
