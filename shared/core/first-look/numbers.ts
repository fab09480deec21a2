/** Big-endian, unsigned; bytes that are not there count as 0. Exact below 2^53. */
export function uint(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Little-endian, as {@link uint}. */
export function uintLe(bytes: Uint8Array, at: number, length: number): number {
  return uint(bytes.slice(at, at + length).reverse(), 0, length);
}

/** As many characters as bytes; those that are not there are absent. */
export function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
