import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deployStack } from '../deploy.ts';
import { credentialFiles, readCredentials } from '../platform/credentials.ts';
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
  const amqpUrl = new URL(variables['V2M_AMQP_URL'] ?? '');
  const password = readFileSync(join(secretsDir, 'amqp-password'), 'utf8').trim();
  amqpUrl.password = encodeURIComponent(password);
  const { gatewayUrl } = await startEmulator({
    ...{ root, checkout, amqpUrl: amqpUrl.href, preferredPort: undefined },
    ...credentialFiles(root),
  });
  if (gatewayUrl !== service.gatewayUrl) throw new Error(`the gateway is at ${gatewayUrl} now`);
  await deployStack({
    ...{ gatewayUrl, variables, secretsDir, report: () => undefined },
    ...readCredentials(root),
    stackFile: join(checkout, 'stack.yml'),
  });
}
