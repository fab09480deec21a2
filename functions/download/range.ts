/** The bytes asked for, `end` not included; undefined means all of them. */
export type ByteRange = { readonly start: number; readonly end: number } | undefined;

/**
 * One range of a `Range` header (RFC 9110 §14.1.2) over `size` bytes. What is malformed, names
 * another unit or several ranges is ignored, as the RFC allows; `unsatisfiable` lies outside.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return within(size - Math.min(Number(last), size), size, size);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return within(Number(first), last === '' ? size : Math.min(Number(last) + 1, size), size);
}

function within(start: number, end: number, size: number): ByteRange | 'unsatisfiable' {
  return start < size ? { start, end } : 'unsatisfiable';
}
