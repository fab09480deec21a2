import { Agent } from 'node:http';

/** How long the provider's proxy keeps a connection that nobody uses. */
const IDLE_MS = 5_000;

/**
 * Connections to one hop further, used again while they are fresh. Those that were idle for long
 * are not: the other side may be closing one at that moment, which breaks the request that takes
 * it, and the busier this process is, the later it hears of that.
 */
export function createAgent(): Agent {
  return new Agent({ keepAlive: true, timeout: IDLE_MS });
}
