import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAll } from '../build/build.ts';
import { deployStack } from '../deploy.ts';
import { createSecrets } from '../keys.ts';
import { migrate } from '../migrate.ts';
import { keepText, readJson, writeAtomically } from '../stack/files.ts';
import type { Progress } from '../stack/progress.ts';
import type { ServerAddresses } from '../stack/servers.ts';
import { type CredentialFiles, credentialFiles, readCredentials } from './credentials.ts';
import { emulatorProcesses, markerFile } from './deployed.ts';
import { startEmulator } from './emulator.ts';
import { deploymentFingerprint } from './fingerprint.ts';
import { deploymentOf } from './variables.ts';

/** Where a running platform is reached. */
export interface PlatformAddresses extends CredentialFiles {
  readonly gatewayUrl: string;
}

/** All functions behind a gateway. */
export interface Platform {
  readonly addresses: PlatformAddresses;
  /** Process ids by function. */
  readonly functions: Readonly<Record<string, number>>;
  /** Whether this call started it. */
  readonly isOwn: boolean;
  /** Ends the emulator if this call started it. */
  readonly stop: () => Promise<void>;
}

/** What a platform stands on. */
export interface PlatformOptions {
  /** State folder of the stack: `.local` or `.local/test`. */
  readonly root: string;
  readonly servers: ServerAddresses;
  /** The gateway's port, where it is free. */
  readonly preferredPort?: number | undefined;
  /** Variables of stack.yml besides the addresses. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly progress: Progress;
}

const LOOK_EVERY_MS = 100;
/** A probe's time, and the grace of what ends. */
const REPLACED_WITHIN_MS = 90_000;
const checkout = resolve(import.meta.dirname, '..', '..');

/**
 * Builds, migrates, starts the emulator and deploys every function of stack.yml through its API.
 * What runs already for this root is reused, and deployed anew only when something changed.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { root, servers, preferredPort, progress } = options;
  const credentials = credentialFiles(root);
  keepText(credentials.gatewayUserFile, () => 'admin');
  keepText(credentials.gatewayPasswordFile, () => randomBytes(24).toString('base64url'));

  await Promise.all([
    progress.step('Building the functions', () => buildAll(checkout)),
    progress.step('Migrating the database', () => migrate(servers.databaseUrl)),
  ]);
  const { amqpUrl } = servers;
  const start = { root, checkout, amqpUrl, preferredPort, ...credentials };
  const emulator = await startEmulator(start);
  const addresses = { gatewayUrl: emulator.gatewayUrl, ...credentials };
  try {
    await deployOnce(options, addresses, emulator.pid);
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  const functions = functionPids(root);
  return { addresses, functions, isOwn: emulator.isOwn, stop: emulator.stop };
}

/** Deploys unless this very code was deployed to this very emulator already. */
async function deployOnce(
  { root, servers, progress, variables = {} }: PlatformOptions,
  addresses: PlatformAddresses,
  emulatorPid: number,
): Promise<void> {
  const marker = markerFile(root);
  const { variables: places, passwords } = deploymentOf(servers, addresses.gatewayUrl);
  const all = { ...places, ...variables };
  const deployment = { emulatorPid, fingerprint: deploymentFingerprint(checkout), variables: all };
  if (JSON.stringify(readJson(marker)) === JSON.stringify(deployment)) return;
  const secretsDir = join(root, 'secrets', 'functions');
  await createSecrets(secretsDir, passwords);
  const replaced = Object.values(functionPids(root));
  await progress.step('Deploying the functions', () =>
    deployStack({
      gatewayUrl: addresses.gatewayUrl,
      ...readCredentials(root),
      stackFile: join(checkout, 'stack.yml'),
      variables: all,
      secretsDir,
      report: () => undefined,
    }),
  );
  await untilGone(root, replaced);
  writeAtomically(marker, JSON.stringify(deployment));
}

/** An update is accepted while the old processes still serve, and still end. */
async function untilGone(root: string, pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + REPLACED_WITHIN_MS;
  while (Object.values(functionPids(root)).some((pid) => pids.includes(pid))) {
    if (performance.now() > deadline) throw new Error('the new functions do not get healthy');
    await sleep(LOOK_EVERY_MS);
  }
}

/** What the emulator says of its processes. */
function functionPids(root: string): Record<string, number> {
  const serving = emulatorProcesses(root).functions.flatMap(({ name, childPid }) =>
    childPid === undefined ? [] : [[name, childPid] as const],
  );
  return Object.fromEntries(serving);
}
