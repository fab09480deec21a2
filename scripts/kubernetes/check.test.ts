import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkKustomization } from './check.ts';

const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kustomization-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** What is wrong with the kustomization of `overlay/`, given these files. */
async function problemsOf(files: Record<string, string>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return (await checkKustomization(join(root, 'overlay'), root)).problems;
}

describe('checkKustomization', () => {
  test('takes bases, patches, generators and replacements that are right', async () => {
    const problems = await problemsOf({
      'base/kustomization.yaml': `${head}resources: [a.yaml]\n`,
      'base/a.yaml': `${configMap}---\n${configMap}`,
      'overlay/kustomization.yaml': `${head}resources: [../base]\npatches: [{ path: p.yaml }]
secretGenerator: [{ name: b, files: [.secrets/b], namespace: c }]
configMapGenerator: [{ name: d, envs: [d.env] }]
replacements: [{ path: r.yaml }]
images: [{ name: a, newName: b/a, newTag: '1' }]\n`,
      'overlay/p.yaml': configMap,
      'overlay/d.env': 'A=1\n',
      'overlay/r.yaml': `- source: { kind: ConfigMap, name: d, fieldPath: data.A }
  targets: [{ select: { kind: ConfigMap, name: a }, fieldPaths: [data.A] }]\n`,
    });
    expect(problems).toEqual([]);
  });

  test('names file and path of what is wrong in a base', async () => {
    const problems = await problemsOf({
      'base/kustomization.yaml': `${head}resources: [a.yaml]\n`,
      'base/a.yaml': `${configMap}---\n${configMap}dota: {}\n`,
      'overlay/kustomization.yaml': `${head}resources: [../base]\n`,
    });
    expect(problems).toEqual(['base/a.yaml: /dota: unknown field']);
  });

  test.each([
    ['an unknown field', 'resorces: []\n', '/resorces: Invalid key'],
    ['a value of a wrong type', 'resources: a.yaml\n', '/resources: Invalid type'],
    ['a resource that is absent', 'resources: [a.yaml]\n', '/: does not exist'],
    ['a patch that is absent', 'patches: [{ path: a.yaml }]\n', '/: does not exist'],
    ['replacements that are absent', 'replacements: [{ path: a.yaml }]\n', '/: does not exist'],
    [
      'a generator whose file is absent',
      'configMapGenerator: [{ name: a, files: [b] }]\n',
      '/: names b, which does not exist',
    ],
  ])('refuses %s', async (_, text, problem) => {
    const problems = await problemsOf({ 'overlay/kustomization.yaml': head + text });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    ['a patch', 'patches: [{ path: x.yaml }]\n', `${configMap}dota: {}\n`, '/dota: unknown field'],
    ['replacements', 'replacements: [{ path: x.yaml }]\n', '- sauce: {}\n', '/0/sauce'],
    ['a resource', 'resources: [x.yaml]\n', 'a: 1\na: 2\n', '/: Map keys must be unique'],
  ])('looks into %s', async (_, text, content, problem) => {
    const problems = await problemsOf({
      'overlay/kustomization.yaml': head + text,
      'overlay/x.yaml': content,
    });
    expect(problems.join('\n')).toContain(`overlay/x.yaml: ${problem}`);
  });
});
