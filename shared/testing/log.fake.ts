import type { Log } from '#shared/core/ports';

/** Says nothing. */
export function createSilentLog(): Log {
  const say = () => undefined;
  return { debug: say, info: say, warn: say, error: say };
}
