import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deployStack } from '../deploy.ts';
import { deployedVariables, emulatorProcesses } from '../platform/deployed.ts';
import { startEmulator } from '../platform/emulator.ts';
import { ffmpegsBelow } from '../platform/ffmpegs.ts';
import { identify, isAlive, killProcess, type ProcessIdentity } from '../stack/processes.ts';
import { listRecords } from '../stack/records.ts';
import { restoreServers } from './servers.ts';
import { service } from './service.ts';

const checkout = resolve(import.meta.dirname, '..', '..');

/** Servers, emulator, functions and their ffmpegs; whoever starts others anew comes first. */
function everyProcess(): readonly ProcessIdentity[] {
  const { pid, functions } = emulatorProcesses(service.root);
  const children = functions.flatMap(({ childPid }) => childPid ?? []);
  const servers = listRecords(service.root).flatMap((record) => record.process?.pid ?? []);
  return [...new Set([pid, ...children, ...ffmpegsBelow(children), ...servers])].map(identify);
}

/** Everything that runs ends at once, as when the power fails. */
export async function crashMachine(): Promise<void> {
  const all = everyProcess();
  for (const one of all.filter(isAlive)) process.kill(one.pid, 'SIGKILL');
  await Promise.all(all.map(killProcess));
}

/** Starts it again: the servers with their data, and an emulator with the same functions. */
export async function restoreMachine(): Promise<void> {
  await restoreServers();
  const { root } = service;
  const variables = deployedVariables(root);
  const secretsDir = join(root, 'secrets', 'functions');
  const gatewayUserFile = join(root, 'secrets', 'gateway-user');
  const gatewayPasswordFile = join(root, 'secrets', 'gateway-password');
  const amqpUrl = new URL(variables['V2M_AMQP_URL'] ?? '');
  amqpUrl.password = encodeURIComponent(read(join(secretsDir, 'amqp-password')));
  const { gatewayUrl } = await startEmulator({
    ...{ root, checkout, gatewayUserFile, gatewayPasswordFile },
    ...{ amqpUrl: amqpUrl.href, preferredPort: undefined },
  });
  if (gatewayUrl !== service.gatewayUrl) throw new Error(`the gateway is at ${gatewayUrl} now`);
  await deployStack({
    ...{ gatewayUrl, variables, secretsDir, report: () => undefined },
    user: read(gatewayUserFile),
    password: read(gatewayPasswordFile),
    stackFile: join(checkout, 'stack.yml'),
  });
}

function read(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
