import type { Mode } from '../faults/mode.ts';
import type { ProxiedName } from '../faults/proxies.ts';

const names: readonly ProxiedName[] = ['postgres', 'mongodb', 'rabbitmq', 'smtp'];

/** Treats all connections to a server like this from now on. */
export async function treat(name: ProxiedName, mode: Mode): Promise<void> {
  const controlUrl = process.env['PROXIES_URL'];
  if (controlUrl === undefined) throw new TypeError('no proxies: run "npm test -- faults"');
  const answer = await fetch(`${controlUrl}/${name}`, {
    method: 'PUT',
    body: JSON.stringify(mode),
  });
  if (!answer.ok) throw new Error(`the proxy of ${name} answers ${answer.status}`);
}

/** Lets everything pass again. */
export async function heal(): Promise<void> {
  await Promise.all(names.map((name) => treat(name, { kind: 'pass' })));
}
