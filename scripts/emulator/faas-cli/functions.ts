import { isJsonObject, stringOf, type JsonObject } from '../json.ts';
import { CliError, expectAccepted, type Gateway } from './gateway.ts';

/** A function as the CLI sends it: what it read from a stack file, null for what is not there. */
export interface Sent {
  readonly service: string;
  readonly [field: string]: unknown;
}

export interface DeployFlags {
  /** Deletes the function first; needs `update: false`. */
  readonly replace?: boolean;
  readonly update?: boolean;
}

/** One function after the other, in no order anyone chose: Go walks its maps at random. */
export async function deploy(
  gateway: Gateway,
  functions: readonly Sent[],
  { replace = false, update = true }: DeployFlags = {},
): Promise<string> {
  if (replace && update) throw new CliError('cannot specify --update and --replace together');
  const failures: string[] = [];
  for (const sent of shuffled(functions)) {
    if (replace) await remove(gateway, sent.service).catch(() => undefined);
    const status = await deployOne(gateway, sent, update);
    const isAccepted = status === 200 || status === 202;
    if (!isAccepted) failures.push(`${sent.service} failed to deploy with status code: ${status}`);
  }
  if (failures.length > 0) throw new CliError(failures.join('\n'));
  return 'Deployed.';
}

async function deployOne(gateway: Gateway, sent: Sent, update: boolean): Promise<number> {
  if (update) {
    const { status } = await gateway.call('PUT', '/system/functions', sent);
    if (status !== 404) return status;
  }
  return (await gateway.call('POST', '/system/functions', sent)).status;
}

export async function remove(gateway: Gateway, functionName: string): Promise<string> {
  const answer = await gateway.call('DELETE', '/system/functions', { functionName });
  if (answer.status === 404) throw new CliError(`No such function: ${functionName}`);
  expectAccepted(answer);
  return 'Removing old function.';
}

/** Function, Invocations, Replicas, as the columns are headed. */
export async function list(gateway: Gateway): Promise<string> {
  const rows = (await readList(gateway)).map((status) =>
    [
      stringOf(status['name']),
      countOf(status, 'invocationCount'),
      countOf(status, 'replicas'),
    ].join('\t'),
  );
  return ['Function\tInvocations\tReplicas', ...rows.sort()].join('\n');
}

/** Two requests: only the list has the invocations counted. */
export async function describeFunction(gateway: Gateway, name: string): Promise<string> {
  const status = await readStatus(gateway, name);
  const listed = (await readList(gateway)).find((one) => one['name'] === status['name']);
  const row = (what: string, value: unknown): string => `${what}:\t${printed(value)}`;
  return [
    row('Name', status['name']),
    row('Status', countOf(status, 'availableReplicas') > 0 ? 'Ready' : 'Not Ready'),
    row('Replicas', countOf(status, 'replicas')),
    row('Available Replicas', countOf(status, 'availableReplicas')),
    row('Invocations', countOf(listed ?? {}, 'invocationCount')),
    row('Image', status['image']),
    row('Function Process', status['envProcess'] ?? '<default>'),
    row('Labels', status['labels']),
    row('Annotations', status['annotations']),
    row('Secrets', status['secrets']),
  ].join('\n');
}

export async function readStatus(gateway: Gateway, name: string): Promise<JsonObject> {
  const answer = await gateway.call('GET', `/system/function/${name}`);
  if (answer.status === 404) throw new CliError(`No such function: ${name}`);
  expectAccepted(answer);
  const status: unknown = JSON.parse(answer.text);
  if (!isJsonObject(status)) throw new CliError(`cannot parse result: ${answer.text}`);
  return status;
}

async function readList(gateway: Gateway): Promise<JsonObject[]> {
  const answer = await gateway.call('GET', '/system/functions');
  expectAccepted(answer);
  const functions: unknown = JSON.parse(answer.text);
  if (!Array.isArray(functions)) throw new CliError(`cannot parse result: ${answer.text}`);
  return functions.filter(isJsonObject);
}

/** A Go number left out of the JSON is zero. */
export function countOf(status: JsonObject, field: string): number {
  const value = status[field];
  return typeof value === 'number' ? value : 0;
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
