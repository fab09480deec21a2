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

function read(functions: string, head = 'provider: {name: openfaas}'): DeploymentRequest[] {
  const path = join(root, 'stack.yml');
  writeFileSync(path, `${head}\nfunctions:\n  one: ${functions}`);
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

  test.each([
    ['1.0', '1.0'],
    ['0777', '0777'],
    ['1e3', '1e3'],
    ['yes', 'yes'],
    ['2026-01-01', '2026-01-01'],
    ['"5"', '5'],
    ['~', ''],
    ['', ''],
  ])('a value written %s is sent as "%s"', (written, sent) => {
    const [request] = read(`{image: a, environment: {v: ${written}}, labels: {v: ${written}}}`);
    expect([request?.envVars, request?.labels]).toEqual([{ v: sent }, { v: sent }]);
  });

  test('refuses a map where a text belongs', () => {
    expect(() => read('{image: a, environment: {v: {w: x}}}')).toThrow('a text is expected');
  });

  test('takes over what is shared by <<', () => {
    const [request] = read(
      '{image: a, environment: {<<: *all, b: own}}',
      [...['provider: {name: openfaas}', 'x-all: &all {a: "1", b: "2"}']].join('\n'),
    );
    expect(request?.envVars).toEqual({ a: '1', b: 'own' });
  });

  test('needs no template for an image somebody else made, or a Dockerfile', () => {
    const commands = ['{image: a}', '{lang: Dockerfile, image: a}'].map(
      (entry) => read(entry)[0]?.envProcess,
    );
    expect(commands).toEqual(['', '']);
  });

  test('names a template that is missing', () => {
    expect(() => read('{lang: cobol, image: a}')).toThrow('there is no template "cobol"');
  });

  test('sends a namespace only where one is set', () => {
    expect(read('{image: a, namespace: other}')[0]?.namespace).toBe('other');
    expect(read('{image: a}')[0]).not.toHaveProperty('namespace');
  });

  test.each([
    ['true', true],
    ['yes', true],
    ['false', false],
    ['', false],
  ])('readonly_root_filesystem: %s is sent as %s', (written, sent) => {
    const [request] = read(`{image: a, readonly_root_filesystem: ${written}}`);
    expect(request?.readOnlyRootFilesystem).toBe(sent);
  });

  test('sends only memory and cpu of limits, and no empty ones', () => {
    const [request] = read('{image: a, limits: {memory: 1Gi, gpu: 1}, requests: {gpu: 1}}');
    expect(request?.limits).toEqual({ memory: '1Gi' });
    expect(request).not.toHaveProperty('requests');
  });

  test('ignores keys it does not know', () => {
    expect(read('{image: a, read_only_root_filesystem: true, colour: red}')).toHaveLength(1);
  });

  test.each([
    ['provider: {name: faas}', 'provider.name must be "openfaas"'],
    ['provider: {name: openfaas}\nversion: 2.0', 'version must be "1.0"'],
    ['provider: {name: openfaas}\nversion: 1', 'version must be "1.0"'],
  ])('refuses %j', (head, message) => {
    expect(() => read('{image: a}', head)).toThrow(message);
  });

  test('takes version 1.0', () => {
    expect(read('{image: a}', 'version: 1.0\nprovider: {name: openfaas}')).toHaveLength(1);
  });
});
