import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createGatewayClient, type GatewayClient } from './deploy/gateway-client.ts';
import { readStackFile, type DeploymentRequest } from './deploy/stack-file.ts';
import type { Variables } from './deploy/substitute.ts';

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const LAST_LINES = 15;

export interface DeployOptions {
  readonly gatewayUrl: string;
  readonly user: string;
  readonly password: string;
  /** Its folder is the root for template/ and environment_file. */
  readonly stackFile: string;
  /** What `${NAME:-default}` in the stack file may name. */
  readonly variables: Variables;
  /** One file per secret, named as the secret. */
  readonly secretsDir: string;
  readonly report: (line: string) => void;
}

/**
 * What `faas-cli secret create` and `faas-cli deploy` do, for every function of a stack file;
 * resolves when each of them answers its ready path. Rejects with the function's last log lines.
 */
export async function deployStack(options: DeployOptions): Promise<void> {
  const { stackFile, variables, secretsDir, report } = options;
  const gateway = createGatewayClient(options);
  const root = dirname(resolve(stackFile));
  const requests = readStackFile({ path: stackFile, root, variables });
  await createSecrets(gateway, requests, secretsDir);
  let ready = 0;
  await Promise.all(
    requests.map(async (request) => {
      await gateway.deploy(request);
      await waitUntilReady(gateway, request.service);
      ready += 1;
      report(`${request.service} is ready (${ready} of ${requests.length})`);
    }),
  );
}

/** Only the secrets some function asks for. */
async function createSecrets(
  gateway: GatewayClient,
  requests: readonly DeploymentRequest[],
  secretsDir: string,
): Promise<void> {
  const wanted = new Set(requests.flatMap(({ secrets }) => secrets));
  const names = readdirSync(secretsDir).filter((name) => wanted.has(name));
  await Promise.all(
    names.map((name) => gateway.setSecret(name, readFileSync(join(secretsDir, name)))),
  );
}

async function waitUntilReady(gateway: GatewayClient, name: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await gateway.isReady(name))) {
    if (performance.now() > deadline) throw new Error(await describeUnready(gateway, name));
    await sleep(LOOK_EVERY_MS);
  }
}

async function describeUnready(gateway: GatewayClient, name: string): Promise<string> {
  const lines = await gateway.lastLogLines(name, LAST_LINES);
  const head = `${name} is not ready after ${READY_WITHIN_MS / 1_000} s; its last lines:`;
  return [head, ...lines.map((line) => `  ${name} | ${line}`)].join('\n');
}
