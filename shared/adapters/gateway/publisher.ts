import { knockHeader, type Topic } from '#shared/contracts/events';
import { AppError } from '#shared/core/errors';
import type { Publisher } from '#shared/core/ports';

/** Where the functions are, and who hears which topic. */
export interface GatewayOptions {
  /** `http://gateway:8080` */
  readonly url: string;
  /** The function that subscribes to each topic in stack.yml. */
  readonly functions: Readonly<Record<Topic, string>>;
  /** Milliseconds for one call. */
  readonly timeoutMs?: number;
}

/**
 * Brings a message to the function of its topic the way the connector does, without a broker in
 * between, and says so: only what comes by the broker shows that it does. Rejects with
 * `unavailable` for everything but a 200 in time.
 */
export function createGatewayPublisher(options: GatewayOptions): Publisher {
  const { url, functions, timeoutMs = 3000 } = options;
  return {
    async publish(topic, body) {
      const target = new URL(`/function/${functions[topic]}`, url);
      const status = await post(target, body, timeoutMs);
      if (status === 200) return;
      const cause = new Error(`${target.pathname} answered ${status}`);
      throw new AppError('unavailable', undefined, { cause });
    },
  };
}

async function post(target: URL, body: string, timeoutMs: number): Promise<number> {
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/jose', [knockHeader]: 'sweep' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (cause) {
    throw new AppError('unavailable', undefined, { cause });
  }
}
