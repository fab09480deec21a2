/** An object under watch, and the fields nobody has read of it. */
export interface Watched<T extends object> {
  readonly value: T;
  /** JSON pointers (RFC 6901) of own fields, at any depth, that were never read. */
  unread(): readonly string[];
}

/**
 * Notes which fields of `root` are read through `value`, at any depth. A validator reads exactly
 * the fields its schema knows, so what it leaves unread is unknown to the schema.
 */
export function watch<T extends object>(root: T): Watched<T> {
  const read = new Map<object, Set<PropertyKey>>();

  const observe = <V extends object>(target: V): V =>
    new Proxy(target, {
      get(_, key) {
        const keys = read.get(target) ?? new Set();
        read.set(target, keys.add(key));
        const value: unknown = Reflect.get(target, key);
        return isObject(value) ? observe(value) : value;
      },
    });

  const unreadOf = (target: object, path: string): string[] =>
    Object.entries(target).flatMap(([key, value]: [string, unknown]) => {
      const pointer = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!read.get(target)?.has(key)) return [pointer];
      return isObject(value) ? unreadOf(value, pointer) : [];
    });

  return { value: observe(root), unread: () => unreadOf(root, '') };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
