import * as v from 'valibot';
import { Mode, type WantedMode } from '../faults/mode.ts';
import type { ProxiedName } from '../faults/proxies.ts';

const names: readonly ProxiedName[] = ['postgres', 'mongodb', 'rabbitmq', 'smtp'];

/** Treats all connections to a server like this from now on. */
export async function treat(name: ProxiedName, mode: WantedMode): Promise<void> {
  await call(name, { method: 'PUT', body: JSON.stringify(mode) });
}

/** Whether everything passes: nobody treated them otherwise, or that is over. */
export async function passes(name: ProxiedName): Promise<boolean> {
  return v.parse(Mode, await (await call(name)).json()).kind === 'pass';
}

/** Lets everything pass again. */
export async function heal(): Promise<void> {
  await Promise.all(names.map((name) => treat(name, { kind: 'pass' })));
}

async function call(name: ProxiedName, request: RequestInit = {}): Promise<Response> {
  const controlUrl = process.env['PROXIES_URL'];
  if (controlUrl === undefined) throw new TypeError('no proxies: run "npm test -- faults"');
  const answer = await fetch(`${controlUrl}/${name}`, request);
  if (!answer.ok) throw new Error(`the proxy of ${name} answers ${answer.status}`);
  return answer;
}
