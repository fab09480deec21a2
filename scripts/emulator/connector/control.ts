/**
 * The switches of the flaws over HTTP, on loopback only and on a port of its own: no OpenFaaS has
 * this.
 *
 *     GET    /emulator/connector            what the connector does, and all flaws
 *     PUT    /emulator/connector/flaws/L1   {"times": 3}: provokes a flaw that often from now on
 *     DELETE /emulator/connector/flaws/L1   no more
 *     DELETE /emulator/connector/flaws      all off, and the connector starts again
 *     DELETE /emulator/connector/calls      what came of its calls since the last time
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { sendJson } from '../gateway/respond.ts';
import { parseJsonObject } from '../json.ts';
import { flawCodes, flaws, isFlawCode, isTimes } from './flaws.ts';
import type { FlawSwitches } from './flaw-switches.ts';
import type { ConnectorStatus } from './status.ts';

export interface Controlled {
  readonly flaws: FlawSwitches;
  readonly status: ConnectorStatus;
}

export const CONTROL_PATH = '/emulator/connector';
const FLAW_PATH = `${CONTROL_PATH}/flaws/`;

export function createControlServer(controlled: Controlled): Server {
  return createServer((req, res) => {
    void handle(controlled, req, res).catch(() => res.destroy());
  });
}

async function handle(
  controlled: Controlled,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = Buffer.concat(await req.toArray()).toString();
  const { method = '', url = '' } = req;
  if (method === 'DELETE' && url === `${CONTROL_PATH}/calls`) {
    sendJson(res, 200, { calls: controlled.status.calls.take() });
    return;
  }
  const status = obey(controlled.flaws, { method, url, body });
  sendJson(res, status, status === 200 ? overview(controlled) : {});
}

interface Command {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** The status of the answer. */
function obey(flaws: FlawSwitches, { method, url, body }: Command): number {
  if (method === 'GET' && url === CONTROL_PATH) return 200;
  if (method === 'DELETE' && url === `${CONTROL_PATH}/flaws`) {
    flaws.reset();
    return 200;
  }
  const code = url.startsWith(FLAW_PATH) ? url.slice(FLAW_PATH.length) : '';
  if (!isFlawCode(code)) return 404;
  if (method !== 'PUT' && method !== 'DELETE') return 405;
  const times = method === 'PUT' ? timesOf(body) : 0;
  if (times === undefined) return 400;
  if (times === 0) flaws.switchOff(code);
  else flaws.switchOn({ code, times });
  return 200;
}

/** Once where nothing is said; undefined where it is no number of times. */
function timesOf(body: string): number | undefined {
  const wanted = body === '' ? {} : parseJsonObject(body);
  if (wanted === undefined) return undefined;
  const { times = 1 } = wanted;
  return isTimes(times) ? times : undefined;
}

function overview({ flaws: switches, status }: Controlled): object {
  return {
    starts: status.starts,
    consumed: [...status.consumed],
    topics: Object.fromEntries(status.map ?? []),
    flaws: flawCodes.map((code) => ({
      code,
      ...flaws[code],
      left: switches.left(code),
      happened: switches.happened(code),
    })),
  };
}
