import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGatewayClient, type GatewayClient } from '../deploy/gateway-client.ts';
import { readCredentials } from '../platform/credentials.ts';
import { deployedRequest, emulatorProcesses } from '../platform/deployed.ts';
import { ffmpegsBelow } from '../platform/ffmpegs.ts';
import { identify, isAlive, type ProcessIdentity } from '../stack/processes.ts';
import { eventually, service } from './service.ts';

/** The process that serves a function right now. */
export function processOf(name: string): ProcessIdentity {
  const [found] = processesOf(name);
  if (found === undefined) throw new Error(`no process of ${name}`);
  return found;
}

/** All processes that serve a function right now. */
export function processesOf(name: string): ProcessIdentity[] {
  const { functions } = emulatorProcesses(service.root);
  return functions.flatMap((one) => (one.name === name ? identify(one.childPid ?? 0) : []));
}

/** A figure of a function without labels, as the one process that serves it tells it now. */
export async function figureOf(name: string, metric: string): Promise<number> {
  const { functions } = emulatorProcesses(service.root);
  const port = functions.find((one) => one.name === name)?.watchdogPort;
  const text = await (await fetch(`http://127.0.0.1:${port}/_/metrics`)).text();
  const value = new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`${name} has no ${metric}`);
  return Number(value);
}

/** Every ffmpeg and ffprobe below a process. */
export function ffmpegsOf({ pid }: ProcessIdentity): ProcessIdentity[] {
  return ffmpegsBelow([pid]).map(identify);
}

/** Resolves when none of them is alive any more. */
export async function allEnded(
  processes: readonly ProcessIdentity[],
  withinMs: number,
): Promise<void> {
  await eventually(
    `${processes.length} processes to end`,
    () => Promise.resolve(processes.some(isAlive) ? undefined : true),
    withinMs,
  );
}

/**
 * Replaces the process of a function as its platform does: a new process, SIGTERM to the old one,
 * time to end. Resolves when the new one is ready and the old one has ended. `variables` and
 * annotations (`changes`) are set besides those of stack.yml, until the next time.
 */
export async function redeploy(
  name: string,
  variables: Readonly<Record<string, string>> = {},
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const old = processOf(name);
  const request = deployedRequest(service.root, name);
  await gateway().deploy({
    ...request,
    envVars: { ...request.envVars, ...variables },
    annotations: { ...request.annotations, ...changes },
  });
  await eventually(`${name} to be replaced`, async () => {
    const { pid } = processOf(name);
    return pid !== old.pid && (await fetch(functionReady(name))).ok ? true : undefined;
  });
  await allEnded([old], 30_000);
}

/** Gives functions another secret; they read it when they are deployed again. */
export async function putSecret(name: string, value: string): Promise<void> {
  await gateway().setSecret(name, Buffer.from(value));
  await writeFile(join(service.root, 'secrets', 'functions', name), value);
}

/** Lets so many processes serve a function; resolves with all of them when they are there. */
export async function scale(name: string, replicas: number): Promise<ProcessIdentity[]> {
  await gateway().scale(name, replicas);
  return eventually(`${replicas} of ${name}`, () => {
    const found = processesOf(name);
    return Promise.resolve(found.length === replicas ? found : undefined);
  });
}

function functionReady(name: string): string {
  return `${service.gatewayUrl}/function/${name}/_/ready`;
}

function gateway(): GatewayClient {
  const { gatewayUrl, root } = service;
  return createGatewayClient({ gatewayUrl, ...readCredentials(root) });
}
