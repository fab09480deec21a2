import { setTimeout as sleep } from 'node:timers/promises';

import type { Credentials } from '../gateway/basic-auth.ts';
import { isJsonObject, parseJsonObject, stringOf, type JsonObject } from '../json.ts';
import { countOf, readStatus } from './functions.ts';
import { CliError, expectAccepted, type Gateway } from './gateway.ts';

const ATTEMPTS = 60;
const BETWEEN_ATTEMPTS_MS = 50;

/** Tries the credentials on the list of functions and keeps them when that is 200. */
export async function login(gateway: Gateway, credentials: Credentials): Promise<string> {
  gateway.logIn(credentials);
  const { status } = await gateway.open('GET', '/system/functions');
  if (status === 200) return 'credentials saved';
  gateway.logOut();
  if (status === 401) {
    throw new CliError('unable to login, either username or password is incorrect');
  }
  throw new CliError(`server returned unexpected status code: ${status}`);
}

/** None of the three objects may be missing: the CLI would fall over it. */
export async function version(gateway: Gateway): Promise<string> {
  const { text } = await gateway.call('GET', '/system/info');
  const info = parseJsonObject(text) ?? {};
  const provider = objectIn(info, 'provider');
  return [
    `Gateway\n version: ${release(info)}`,
    `Provider\n name: ${stringOf(provider['provider']) ?? ''}`,
    ` orchestration: ${stringOf(provider['orchestration']) ?? ''}`,
    ` version: ${release(provider)}`,
  ].join('\n');
}

/** Without a name the gateway's, with one a function's readiness. */
export async function ready(gateway: Gateway, name?: string): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const isReady = name === undefined ? isHealthy(gateway) : hasReplica(gateway, name);
    if (await isReady) return `${name ?? 'gateway'} is ready`;
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
  throw new CliError(`${name ?? 'gateway'} not ready after ${ATTEMPTS} attempts`);
}

export async function namespaces(gateway: Gateway): Promise<string> {
  const answer = await gateway.call('GET', '/system/namespaces');
  expectAccepted(answer);
  const names: unknown = JSON.parse(answer.text);
  if (!Array.isArray(names)) throw new CliError(`cannot parse result: ${answer.text}`);
  return ['Namespaces:', ...names.map((name) => ` - ${String(name)}`)].join('\n');
}

async function isHealthy(gateway: Gateway): Promise<boolean> {
  return (await gateway.open('GET', '/healthz')).status === 200;
}

async function hasReplica(gateway: Gateway, name: string): Promise<boolean> {
  return countOf(await readStatus(gateway, name), 'availableReplicas') > 0;
}

function release(holder: JsonObject): string {
  return stringOf(objectIn(holder, 'version')['release']) ?? '';
}

function objectIn(holder: JsonObject, field: string): JsonObject {
  const value = holder[field];
  if (!isJsonObject(value)) throw new CliError(`nil pointer: ${field}`);
  return value;
}
