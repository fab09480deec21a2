import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { substitute, type Variables } from './substitute.ts';

/** The body of PUT and POST /system/functions, as faas-cli sends it. */
export interface DeploymentRequest {
  readonly service: string;
  readonly image: string;
  readonly envProcess: string;
  readonly envVars: Record<string, string>;
  readonly secrets: string[];
  readonly constraints: string[];
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly limits?: Record<string, string>;
  readonly requests?: Record<string, string>;
  readonly readOnlyRootFilesystem: boolean;
}

type Node = Readonly<Record<string, unknown>>;

/** Relative paths in the file are relative to the folder `root`, as with faas-cli its cwd. */
export interface StackFile {
  readonly path: string;
  readonly root: string;
  readonly variables: Variables;
}

/** Every function of the file, in its order. Unknown keys are ignored, as faas-cli ignores them. */
export function readStackFile({ path, root, variables }: StackFile): DeploymentRequest[] {
  const stack = nodeOf(parse(substitute(readFileSync(path, 'utf8'), variables), { merge: true }));
  if (nodeOf(stack['provider'])['name'] !== 'openfaas') {
    throw new Error(`${path}: provider.name must be "openfaas"`);
  }
  return Object.entries(nodeOf(stack['functions'])).map(([name, entry]) =>
    requestOf(name, nodeOf(entry), root),
  );
}

function requestOf(service: string, entry: Node, root: string): DeploymentRequest {
  const envVars = textsOf(entry['environment']);
  for (const file of listOf(entry['environment_file'])) {
    const content = nodeOf(parse(readFileSync(join(root, file), 'utf8')));
    Object.assign(envVars, textsOf(content['environment']));
  }
  return {
    service,
    image: withTag(textOf(entry['image'])),
    envProcess: textOf(entry['fprocess']) || templateCommand(textOf(entry['lang']), root),
    envVars,
    secrets: listOf(entry['secrets']),
    constraints: listOf(entry['constraints']),
    labels: textsOf(entry['labels']),
    annotations: textsOf(entry['annotations']),
    ...resources('limits', entry),
    ...resources('requests', entry),
    readOnlyRootFilesystem: entry['readonly_root_filesystem'] === true,
  };
}

/** Only memory and cpu travel. */
function resources(kind: 'limits' | 'requests', entry: Node) {
  if (entry[kind] === undefined) return {};
  const { memory, cpu } = textsOf(entry[kind]);
  const known = { ...(memory && { memory }), ...(cpu && { cpu }) };
  return { [kind]: known };
}

function templateCommand(language: string, root: string): string {
  if (language === 'dockerfile') return '';
  const file = join(root, 'template', language, 'template.yml');
  return textOf(nodeOf(parse(readFileSync(file, 'utf8')))['fprocess']);
}

function withTag(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`;
}

function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {};
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(nodeOf(value)).map(([name, scalar]) => [name, textOf(scalar)]),
  );
}

/** YAML scalars become strings: 5 → "5", true → "true". */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
