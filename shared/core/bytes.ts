/** All parts, one behind the other, in bytes of their own. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joinPieces(parts);
}

/** The same of any number of parts: more than a call takes arguments. */
export function joinPieces(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One byte for each character of a text that has none beyond ASCII. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether exactly these bytes lie at `at`. */
export function hasBytes(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}

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
