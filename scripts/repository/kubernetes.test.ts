import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { checkKustomization } from '../kubernetes/check.ts';
import { readStackFile } from '../deploy/stack-file.ts';

const root = resolve(import.meta.dirname, '..', '..');
const overlays = globSync('deploy/kubernetes/overlays/*', { cwd: root });
const functions = readStackFile({ path: join(root, 'stack.yml'), root, variables: {} });

/** Files of deploy/kubernetes that kustomize never sees. */
const others = ['deploy/kubernetes/openfaas-values.yaml'];

describe('deploy/kubernetes', () => {
  test.each(overlays)('%s is valid with all its bases', async (overlay) => {
    expect((await checkKustomization(join(root, overlay), root)).problems).toEqual([]);
  });

  test('has no manifest that no overlay takes', async () => {
    const checked = await Promise.all(
      overlays.map((overlay) => checkKustomization(join(root, overlay), root)),
    );
    const taken = new Set([...checked.flatMap(({ files }) => files), ...others]);
    const all = globSync('deploy/kubernetes/**/*.yaml', { cwd: root });
    expect(all.filter((file) => !taken.has(file))).toEqual([]);
  });
});

interface Policy {
  metadata: { name: string };
  spec: { podSelector: Selector; ingress?: { from: { podSelector?: Selector }[] }[] };
}
interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; values: string[] }[];
}

const policiesOf = (file: string) =>
  parseAllDocuments(readFileSync(join(root, 'deploy/kubernetes', file), 'utf8')).map(
    (document) => document.toJS() as Policy,
  );
const leaving = policiesOf('base/network-functions.yaml');
const entering = policiesOf('stores/network.yaml');

/** The functions a selector takes. */
function selected({ matchLabels, matchExpressions }: Selector = {}): string[] {
  const one = matchLabels?.['faas_function'] ?? [];
  const several = (matchExpressions ?? []).filter(({ key }) => key === 'faas_function');
  return [...several.flatMap(({ values }) => values), one].flat().sort();
}

describe('the network policies', () => {
  test.each([
    ['postgres', 'postgres-password'],
    ['mongo', 'mongodb-password'],
    ['rabbitmq', 'amqp-password'],
    ['mail', 'smtp-password'],
  ])('let those functions reach %s that hold %s, and no other', (server, secret) => {
    const holders = functions.filter(({ secrets }) => secrets.includes(secret));
    const policy = leaving.find(({ metadata }) => metadata.name === `to-${server}`);
    expect(selected(policy?.spec.podSelector)).toEqual(holders.map((f) => f.service).sort());
  });

  test.each(['postgres', 'mongo', 'rabbitmq'])('say the same at both ends of %s', (server) => {
    const out = leaving.find(({ metadata }) => metadata.name === `to-${server}`);
    const into = entering.find(({ metadata }) => metadata.name === server);
    const from = into?.spec.ingress?.flatMap((rule) => rule.from) ?? [];
    expect(from.flatMap(({ podSelector }) => selected(podSelector)).sort()).toEqual(
      selected(out?.spec.podSelector),
    );
  });

  test('let only those functions reach the gateway that are told where it is', () => {
    const told = functions.filter(({ envVars }) => 'V2M_GATEWAY_URL' in envVars);
    const policy = leaving.find(({ metadata }) => metadata.name === 'to-gateway');
    expect(selected(policy?.spec.podSelector)).toEqual(told.map(({ service }) => service));
  });

  test('deny functions what no policy names', () => {
    const deny = leaving.find(({ metadata }) => metadata.name === 'default-deny');
    expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });
});

describe('the definitions of the broker', () => {
  const { queues, policies } = JSON.parse(
    readFileSync(join(root, 'deploy/rabbitmq/broker/definitions.json'), 'utf8'),
  ) as {
    queues: { name: string; arguments: object }[];
    policies: { pattern: string; definition: Record<string, unknown> }[];
  };

  test('declare queues without arguments, as the connector does', () => {
    expect(queues.filter((queue) => Object.keys(queue.arguments).length > 0)).toEqual([]);
  });

  test('never dead-letter to where the connector listens', () => {
    const [bells] = policies;
    expect(queues.filter(({ name }) => new RegExp(bells?.pattern ?? '').test(name))).toHaveLength(
      3,
    );
    expect(bells?.definition['dead-letter-exchange']).toBe('unheard');
  });
});
