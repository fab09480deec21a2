/** A part of a container with parts of its own. */
interface Part {
  readonly body: Uint8Array;
  readonly isWhole: boolean;
}

/**
 * The body at the end of a path of names, by the first part of each name below the one before;
 * undefined where one of them is not there or not whole.
 */
export function bodyAt<Name>(
  bytes: Uint8Array,
  path: readonly Name[],
  find: (inside: Uint8Array, name: Name) => Part | undefined,
): Uint8Array | undefined {
  let inside: Uint8Array | undefined = bytes;
  for (const name of path) {
    const part: Part | undefined = inside && find(inside, name);
    inside = part?.isWhole ? part.body : undefined;
  }
  return inside;
}
