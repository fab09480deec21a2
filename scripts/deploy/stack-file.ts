import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { parse } from 'yaml';

import { substitute, type Variables } from './substitute.ts';

/** The body of PUT and POST /system/functions, as faas-cli sends it. */
export interface DeploymentRequest {
  readonly service: string;
  readonly image: string;
  readonly namespace?: string;
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

/**
 * Every function of the file, in its order. Unknown keys are ignored, as faas-cli ignores them;
 * rejects what it rejects: another provider, another version, a list or map in the place of a text.
 */
export function readStackFile({ path, root, variables }: StackFile): DeploymentRequest[] {
  const stack = parseYaml(substitute(readFileSync(path, 'utf8'), variables));
  if (textOf(nodeOf(stack['provider'])['name']) !== 'openfaas') {
    throw new Error(`${path}: provider.name must be "openfaas"`);
  }
  if (!['', '1.0'].includes(textOf(stack['version']))) {
    throw new Error(`${path}: version must be "1.0"`);
  }
  return Object.entries(nodeOf(stack['functions'])).map(([name, entry]) =>
    requestOf(name, nodeOf(entry), root),
  );
}

/** Scalars stay the text they are written as (1.0, 0777, yes): that is what faas-cli sends. */
function parseYaml(text: string): Node {
  return nodeOf(parse(text, { schema: 'failsafe', customTags: ['null'], merge: true }));
}

function requestOf(service: string, entry: Node, root: string): DeploymentRequest {
  const envVars = textsOf(entry['environment']);
  for (const file of listOf(entry['environment_file'])) {
    const content = parseYaml(readFileSync(resolve(root, file), 'utf8'));
    Object.assign(envVars, textsOf(content['environment']));
  }
  const namespace = textOf(entry['namespace']);
  return {
    service,
    image: withTag(textOf(entry['image'])),
    ...(namespace !== '' && { namespace }),
    envProcess: textOf(entry['fprocess']) || templateCommand(textOf(entry['lang']), root),
    envVars,
    secrets: listOf(entry['secrets']),
    constraints: listOf(entry['constraints']),
    labels: textsOf(entry['labels']),
    annotations: textsOf(entry['annotations']),
    ...resources('limits', entry),
    ...resources('requests', entry),
    readOnlyRootFilesystem: isTrue(textOf(entry['readonly_root_filesystem'])),
  };
}

/** Only memory and cpu travel. */
function resources(kind: 'limits' | 'requests', entry: Node) {
  const { memory = '', cpu = '' } = textsOf(entry[kind]);
  if (memory === '' && cpu === '') return {};
  return { [kind]: { ...(memory !== '' && { memory }), ...(cpu !== '' && { cpu }) } };
}

/** A function may be an image that no template made. */
function templateCommand(language: string, root: string): string {
  if (language === '' || language.toLowerCase() === 'dockerfile') return '';
  const file = join(root, 'template', language, 'template.yml');
  if (!existsSync(file)) throw new Error(`there is no template "${language}": ${file} is missing`);
  return textOf(parseYaml(readFileSync(file, 'utf8'))['fprocess']);
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

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  throw new TypeError(`a text is expected, not ${JSON.stringify(value)}`);
}

/** The YAML 1.1 words too, as faas-cli's parser takes them. */
function isTrue(text: string): boolean {
  return /^(?:true|yes|on)$/iu.test(text);
}
