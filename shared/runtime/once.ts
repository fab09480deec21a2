/** Something that is built at first use and kept. */
export interface Once<T> {
  /** The value; all callers share one build. A build that fails is forgotten and tried anew. */
  get(): Promise<T>;
  /** The build so far, if anyone asked for it: for closing what was opened. */
  current(): Promise<T> | undefined;
}

/** Builds `T` once, at the first `get`. Rejects with what the build rejects with. */
export function once<T>(build: () => Promise<T>): Once<T> {
  let building: Promise<T> | undefined;
  return {
    get() {
      building ??= build().catch((error: unknown) => {
        building = undefined;
        throw error;
      });
      return building;
    },
    current: () => building,
  };
}
