import { type ServerName, type Victims, victimsOf } from '../chaos/victims.ts';
import { identify, killProcess, type ProcessIdentity } from '../stack/processes.ts';
import { withoutServers } from './environment.ts';
import { service } from './service.ts';

/** What faults may strike of the service under test. */
export function victims(): Victims {
  const { root, gatewayUrl } = service;
  return victimsOf({ root, gatewayUrl, env: withoutServers() });
}

/** The process of a server; throws for one that was given by its address. */
export function serverProcess(name: ServerName): ProcessIdentity {
  const pid = victims().serverPid(name);
  if (pid === undefined) throw new Error(`${name} is not ours`);
  return identify(pid);
}

/** Ends it as a crash does. */
export async function crash(name: ServerName): Promise<void> {
  await killProcess(serverProcess(name));
}

/** Starts whatever is down again, at its old address, with its data. */
export async function restoreServers(): Promise<void> {
  await victims().restoreServers();
}
