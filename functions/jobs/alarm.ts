/** Wakes one sleeper. */
export interface Alarm {
  /** Wakes the sleeper, or the next one: no ring is lost. */
  readonly ring: () => void;
  /** Resolves at the next ring, after `ms`, or when the client is gone. */
  rung(ms: number): Promise<void>;
  /** Resolves after `ms` or when the client is gone. */
  pause(ms: number): Promise<void>;
  end(): void;
}

/** An alarm that nobody has rung yet. */
export function createAlarm(client: AbortSignal): Alarm {
  let isRung = false;
  let wake: () => void = () => undefined;
  const leave = () => wake();
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (client.aborted) wake();
    });
  client.addEventListener('abort', leave);
  return {
    ring() {
      isRung = true;
      wake();
    },
    async rung(ms) {
      if (!isRung) await sleep(ms);
      isRung = false;
    },
    async pause(ms) {
      const until = Date.now() + ms;
      // A ring in between is kept for `rung`.
      while (!client.aborted && Date.now() < until) await sleep(until - Date.now());
    },
    end: () => client.removeEventListener('abort', leave),
  };
}
