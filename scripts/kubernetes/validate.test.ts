import { describe, expect, test } from '@jest/globals';
import { validate } from './validate.ts';

const container = { name: 'main', image: 'a:1', resources: { limits: { memory: '64Mi' } } };
const deployment = (change: object = {}, ofContainer: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', labels: { 'any/label': 'x' } },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ ...container, ...ofContainer }] },
    },
  },
  ...change,
});
const inContainer = '/spec/template/spec/containers/0';

describe('validate', () => {
  test('takes a manifest that is right', async () => {
    expect(await validate(deployment())).toEqual([]);
  });

  test.each([
    ['at the top', deployment({ spek: {} }), '/spek'],
    ['in the metadata', deployment({ metadata: { name: 'a', lables: {} } }), '/metadata/lables'],
    ['in a list', deployment({}, { imagePullPolice: 'Always' }), `${inContainer}/imagePullPolice`],
    [
      'inside a field that is unknown only where it stands',
      deployment({}, { securityContext: { fsGroup: 1 } }),
      `${inContainer}/securityContext/fsGroup`,
    ],
  ])('refuses an unknown field %s', async (_, manifest, path) => {
    expect(await validate(manifest)).toEqual([`${path}: unknown field`]);
  });

  test.each([
    ['a word for a number', { ports: [{ containerPort: 'http' }] }, '/ports/0/containerPort'],
    ['a number for a word', { env: [{ name: 'A', value: 1 }] }, '/env/0/value'],
    [
      'an amount nobody can read',
      { resources: { limits: { cpu: 'two' } } },
      '/resources/limits/cpu',
    ],
  ])('refuses %s', async (_, change, path) => {
    const problems = await validate(deployment({}, change));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((line) => line.startsWith(`${inContainer}${path}: must`))).toBe(true);
  });

  test('refuses a resource without a required field, and takes it as a patch', async () => {
    const partial = deployment({}, { name: undefined });
    expect(await validate(partial)).toEqual([`${inContainer}: must have required property name`]);
    expect(await validate(partial, 'patch')).toEqual([]);
  });

  test('refuses a wrong field in a patch as well', async () => {
    expect(await validate(deployment({}, { imag: 'b' }), 'patch')).toEqual([
      `${inContainer}/imag: unknown field`,
    ]);
  });

  test.each([
    ['extensions/v2', 'Deployment'],
    ['apps/v1', 'Deploiment'],
    ['apps/v1', 'DeploymentSpec'],
    ['v1', 'Deployment'],
  ])('refuses %s %s, which does not exist', async (apiVersion, kind) => {
    expect(await validate(deployment({ apiVersion, kind }))).toEqual([
      `/apiVersion: ${apiVersion} has no ${kind}`,
    ]);
  });

  test.each([[null], ['text'], [[]], [{ kind: 'Pod' }]])(
    'refuses %j, which is no manifest',
    async (manifest) => {
      expect(await validate(manifest)).toEqual(['/: not an object with apiVersion and kind']);
    },
  );
});
