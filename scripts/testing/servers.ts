import { toolsDir } from '../platform/up.ts';
import { identify, killProcess, type ProcessIdentity } from '../stack/processes.ts';
import { readRecord } from '../stack/records.ts';
import { startServers } from '../stack/servers.ts';
import { withoutServers } from './environment.ts';
import { service } from './service.ts';

/** A server that the tests started and may therefore hurt. */
export type OwnServer = 'postgres' | 'mongodb' | 'documentdb' | 'rabbitmq' | 'smtp';

/** Its process; rejects for a server that was given by its address. */
export function serverProcess(name: OwnServer): ProcessIdentity {
  const pid = readRecord(service.root, name)?.process?.pid;
  if (pid === undefined) throw new Error(`${name} is not ours`);
  return identify(pid);
}

/** Ends it as a crash does. */
export async function crash(name: OwnServer): Promise<void> {
  await killProcess(serverProcess(name));
}

/** Starts whatever is down again, at its old address, with its data. */
export async function restoreServers(): Promise<void> {
  const { root } = service;
  const env = withoutServers();
  await startServers({ root, toolsDir, install: false, env, report: () => undefined });
}
