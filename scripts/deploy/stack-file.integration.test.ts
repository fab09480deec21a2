import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readStackFile, type DeploymentRequest } from './stack-file.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stack-file-'));
  mkdirSync(join(root, 'template/node-bundle'), { recursive: true });
  writeFileSync(join(root, 'template/node-bundle/template.yml'), 'fprocess: node index.js');
  writeFileSync(join(root, 'more.yml'), 'environment: {b: from-file, c: 7}');
});
afterAll(() => rmSync(root, { recursive: true }));

function read(functions: string, provider = 'openfaas'): DeploymentRequest[] {
  const path = join(root, 'stack.yml');
  writeFileSync(path, `provider: {name: ${provider}}\nfunctions:\n  one: ${functions}`);
  return readStackFile({ path, root, variables: { TAG: 'v1' } });
}

describe('readStackFile', () => {
  test('takes the command from the template unless the function has one', () => {
    const [templated] = read('{lang: node-bundle, image: a}');
    const [own] = read('{lang: none, image: a, fprocess: ./run}');
    expect([templated?.envProcess, own?.envProcess]).toEqual(['node index.js', './run']);
  });

  test.each([
    ['owner/one', 'owner/one:latest'],
    ['host:5000/one', 'host:5000/one:latest'],
    ['one:${TAG}', 'one:v1'],
  ])('image %s is deployed as %s', (image, deployed) => {
    expect(read(`{lang: node-bundle, image: "${image}"}`)[0]?.image).toBe(deployed);
  });

  test('lets environment_file win over environment, all values as text', () => {
    const environment = 'environment: {a: true, b: 1}, environment_file: [more.yml]';
    const [request] = read(`{lang: node-bundle, image: a, ${environment}}`);
    expect(request?.envVars).toEqual({ a: 'true', b: 'from-file', c: '7' });
  });

  test('sends only memory and cpu of limits', () => {
    const [request] = read('{lang: node-bundle, image: a, limits: {memory: 1Gi, gpu: 1}}');
    expect(request?.limits).toEqual({ memory: '1Gi' });
  });

  test('refuses a provider other than openfaas', () => {
    expect(() => read('{image: a}', 'faas')).toThrow('provider.name must be "openfaas"');
  });
});
