import { cpSync, globSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { toolsDir } from '../platform/up.ts';
import { run } from '../stack/programs.ts';
import { buildManifests, findKustomize } from './kustomize.ts';
import { validate } from './validate.ts';

const root = resolve(import.meta.dirname, '..', '..');
const overlays = globSync('deploy/kubernetes/overlays/*', { cwd: root });

const kustomize = await findKustomize(toolsDir, process.env);
const whereItCanBeHad = kustomize === undefined ? describe.skip : describe;

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
}

let copy: string;
const built = new Map<string, Manifest[]>();

/** A checkout of its own, so that the secrets of this one stay as they are. */
beforeAll(async () => {
  if (kustomize === undefined) return;
  copy = mkdtempSync(join(tmpdir(), 'kustomize-'));
  const isTracked = (path: string) => basename(path) !== '.secrets';
  cpSync(join(root, 'deploy'), join(copy, 'deploy'), { recursive: true, filter: isTracked });
  symlinkSync(join(root, 'scripts'), join(copy, 'scripts'));
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH };
  await run('sh', [join(copy, 'deploy/kubernetes/secrets/create.sh')], { env });
  for (const overlay of overlays) {
    const text = await buildManifests(kustomize, join(copy, overlay));
    built.set(
      overlay,
      parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifest),
    );
  }
}, 120_000);
afterAll(() => {
  if (copy) rmSync(copy, { recursive: true });
});

whereItCanBeHad('kustomize build', () => {
  test.each(overlays)('%s makes manifests that are valid', async (overlay) => {
    const manifests = built.get(overlay) ?? [];
    expect(manifests.length).toBeGreaterThan(20);
    const problems = await Promise.all(
      manifests.map(async (manifest) =>
        (await validate(unwrapped(manifest))).map((line) => `${manifest.metadata.name}: ${line}`),
      ),
    );
    expect(problems.flat()).toEqual([]);
  });

  test.each(overlays)('%s has every secret and configuration it mounts', (overlay) => {
    const manifests = built.get(overlay) ?? [];
    const has = manifests
      .filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap')
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    const needs = manifests.flatMap((manifest) =>
      namesOf(manifest).map((name) => `${manifest.metadata.namespace ?? ''}/${name}`),
    );
    // Made by OpenFaaS's chart, and by whoever has the certificate.
    const elsewhere = ['openfaas/basic-auth', 'openfaas/video-to-mp3-tls'];
    expect(needs.length).toBeGreaterThan(3);
    expect(needs.filter((name) => ![...has, ...elsewhere].includes(name))).toEqual([]);
  });

  test('managed-databases starts no server and fills in every address', () => {
    const manifests = built.get('deploy/kubernetes/overlays/managed-databases') ?? [];
    expect(manifests.filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
    const text = JSON.stringify(manifests);
    expect(text).toContain('192.0.2.0/26');
    expect(text).not.toContain('servers.env');
    expect(text).not.toContain('.video-to-mp3"');
  });

  test('rejects with what kustomize complains of', async () => {
    const file = join(copy, 'kustomization.yaml');
    writeFileSync(file, 'resorces: []\n');
    await expect(buildManifests(kustomize ?? '', copy)).rejects.toThrow('unknown field "resorces"');
  });
});

/** Base64 as kustomize writes it, in lines, which the API takes and the schema does not. */
function unwrapped(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret') return manifest;
  const data = Object.entries(manifest.data ?? {}).map(([key, value]) => [
    key,
    value.replaceAll('\n', ''),
  ]);
  return { ...manifest, data: Object.fromEntries(data) as Record<string, string> };
}

/** The secrets and config maps a manifest refers to. */
function namesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'secretName') return [String(inner)];
    const refers = key === 'configMap' || key === 'secretKeyRef';
    return refers ? [(inner as { name: string }).name] : namesOf(inner);
  });
}
