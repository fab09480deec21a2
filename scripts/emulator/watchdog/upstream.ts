import type { Agent } from 'node:http';

import { createAgent } from '../http/agent.ts';
import type { WatchdogSettings } from './settings.ts';

/** Where the process of mode http listens. */
export interface Upstream {
  readonly port: number;
  /** Put before every path. */
  readonly prefix: string;
  readonly agent: Agent;
}

export function upstreamOf({ upstream }: WatchdogSettings): Upstream {
  if (upstream === undefined) throw new TypeError('mode http has an upstream_url');
  const { port, pathname } = upstream;
  return {
    port: Number(port === '' ? 80 : port),
    prefix: pathname === '/' ? '' : pathname,
    agent: createAgent(),
  };
}
