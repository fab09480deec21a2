import { setTimeout as sleep } from 'node:timers/promises';

import { isJsonObject, stringOf, type JsonObject } from '../../emulator/json.ts';
import { exchange, objectOf } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Probe } from '../probe.ts';
import type { Queue } from '../queue.ts';
import { until } from '../until.ts';

const SWITCHES = ['L1', 'L2', 'L3', 'L4', 'D1', 'D3', 'S1', 'T1'];
/** With a refresh every second, the map is empty for so many seconds. */
const FAILED_CRAWLS = 3;
const SETTLED_MS = 700;

interface Control {
  readonly probe: Probe;
  readonly queue: Queue;
  readonly controlUrl: string;
}

/** The gateway refuses a list of functions; see the emulator's flaw L3. */
export async function checkCrawlFailure(
  findings: Findings,
  { probe, queue, controlUrl }: Control,
): Promise<void> {
  const topics = async () => Object.keys(topicsIn(objectOf(await exchange(controlUrl))));
  const body = JSON.stringify({ times: FAILED_CRAWLS });
  await exchange(`${controlUrl}/flaws/L3`, { method: 'PUT', body });
  await until('the map to be empty', async () => (await topics()).length === 0);
  queue.publish('to nobody');
  await until('the map to be whole', async () => (await topics()).length > 0);
  await sleep(SETTLED_MS);
  const calls = (await probe.calls()).map((call) => call.body.toString());
  findings.equal('a list of functions that fails empties the map', calls, []);
}

export async function checkSwitches(findings: Findings, controlUrl: string): Promise<void> {
  const { flaws } = objectOf(await exchange(controlUrl));
  const list = Array.isArray(flaws) ? flaws.filter(isJsonObject) : [];
  const codes = list.map(({ code }) => stringOf(code) ?? '');
  const missing = SWITCHES.filter((code) => !codes.includes(code));
  findings.equal(`there are switches for ${SWITCHES.join()}`, missing, []);
}

function topicsIn({ topics }: JsonObject): JsonObject {
  return isJsonObject(topics) ? topics : {};
}
