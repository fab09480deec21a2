import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';

import { listen } from '../http/server.ts';

/** Below the range the system takes for outgoing connections. */
const FIRST = 20_000;
const LAST = 32_000;

/** A port nobody listens on now, for a process that can only be told a number. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  try {
    return await listen(server, randomInt(FIRST, LAST));
  } catch {
    return await findFreePort();
  } finally {
    server.close();
  }
}
