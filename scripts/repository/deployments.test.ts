import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { exchange, queueName, topics } from '#shared/contracts/events';
import { readStackFile } from '../deploy/stack-file.ts';
import { readEnvironment } from '../faasd/compose.ts';
import { contradictions, factsOf, listed, type Fact } from './facts/fact.ts';
import { functionSecretFacts, manifestFacts } from './facts/kubernetes.ts';
import { definitionFacts, topologyFacts } from './facts/rabbitmq.ts';
import { readServices, serviceFacts } from './facts/services.ts';
import { settingFacts, unknownVariables } from './facts/settings.ts';
import { stackFacts } from './facts/stack.ts';
import { timeoutFaults } from './facts/timeouts.ts';

const root = resolve(import.meta.dirname, '..', '..');
const deployed = readStackFile({ path: join(root, 'stack.yml'), root, variables: {} });
const kubernetes = 'deploy/kubernetes';

/** A file, and how its facts are read. Addresses of managed databases are examples. */
type Reader = (place: string, text: string) => readonly Fact[];
const readers: readonly (readonly [pattern: string, reader: Reader])[] = [
  ['compose.yaml', (place, text) => serviceFacts(place, readServices(text))],
  ['deploy/faasd/services.yaml', (place, text) => serviceFacts(place, readServices(text))],
  ['deploy/faasd/settings.example', (place, text) => settingFacts(place, readEnvironment(text))],
  ['deploy/rabbitmq/topology.yaml', topologyFacts],
  [
    'deploy/rabbitmq/broker/definitions.json',
    (place, text) => definitionFacts(place, text, exchange),
  ],
  [`${kubernetes}/{base,stores}/*.yaml`, manifestFacts],
  [`${kubernetes}/overlays/single-node/mailpit.yaml`, manifestFacts],
  [`${kubernetes}/secrets/functions/kustomization.yaml`, functionSecretFacts],
  [
    `${kubernetes}/overlays/{cluster,single-node}/functions.env`,
    (place, text) => settingFacts(place, readEnvironment(text)),
  ],
  [
    '.github/workflows/ci.yml',
    (place, text) => {
      const ci = parse(text) as { jobs: { 'check-and-test': object } };
      const { services } = ci.jobs['check-and-test'] as { services: Record<string, object> };
      return serviceFacts(place, readServices(JSON.stringify({ services }))).filter(({ subject }) =>
        subject.startsWith('image of'),
      );
    },
  ],
];

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const contracts = factsOf('shared/contracts/events.ts', {
  exchange: `${exchange} direct durable {}`,
  queues: listed(topics.map((topic) => `${queueName(topic)} durable {}`)),
  topics: listed(topics),
});

/** Everything every file says, `change` made to the text of each first. */
function allFacts(change: (path: string, text: string) => string = (_, text) => text): Fact[] {
  return [
    ...contracts,
    ...stackFacts('stack.yml', deployed),
    ...readers.flatMap(([pattern, reader]) =>
      globSync(pattern, { cwd: root }).flatMap((path) => reader(path, change(path, read(path)))),
    ),
  ];
}

describe('the ways to deploy', () => {
  test('agree on images, servers, users, queues, topics and secrets', () => {
    expect(contradictions(allFacts())).toEqual([]);
  });

  test.each(readers)('are all read: %s', (pattern, reader) => {
    const paths = globSync(pattern, { cwd: root });
    expect(paths.flatMap((path) => reader(path, read(path)))).not.toEqual([]);
  });

  test.each([
    ['compose.yaml', 'postgres:18', 'postgres:17', 'image of postgres'],
    ['compose.yaml', 'mailpit:v1.27', 'mailpit:v1.28', 'image of mailpit'],
    ['compose.yaml', 'RABBITMQ_DEFAULT_USER: v', 'RABBITMQ_DEFAULT_USER: w', 'user of rabbitmq'],
    ['deploy/faasd/services.yaml', 'library/mongo:8', 'library/mongo:7', 'image of mongo'],
    ['deploy/faasd/services.yaml', '27017:27017', '27017:27018', 'server mongo'],
    ['deploy/faasd/services.yaml', 'RMQ_HOST=rabbitmq', 'RMQ_HOST=rabbit', 'server rabbitmq'],
    ['deploy/faasd/services.yaml', 'POSTGRES_DB=v', 'POSTGRES_DB=w', 'database of postgres'],
    ['deploy/faasd/settings.example', '//video_to_mp3@', '//mp3@', 'user of mongo'],
    ['deploy/rabbitmq/topology.yaml', 'durable: true', 'durable: false', 'exchange'],
    ['deploy/rabbitmq/topology.yaml', 'video_uploaded', 'video_stored', 'topics'],
    ['deploy/rabbitmq/broker/definitions.json', '"direct"', '"topic"', 'exchange'],
    ['deploy/rabbitmq/broker/definitions.json', '_uploaded",', '_stored",', 'queues'],
    ['deploy/rabbitmq/broker/definitions.json', '"routing_key": "v', '"routing_key": "w', 'topics'],
    [`${kubernetes}/stores/rabbitmq.yaml`, 'port: 5672', 'port: 5673', 'server rabbitmq'],
    [`${kubernetes}/stores/mongo.yaml`, 'port: 27017', 'port: 27018', 'server mongo'],
    [`${kubernetes}/base/rabbitmq-connector.yaml`, ':1.0.10', ':1.0.9', 'image of rabbitmq-conn'],
    [`${kubernetes}/base/cron-connector.yaml`, ':0.6.1', ':0.6.0', 'image of cron-connector'],
    [`${kubernetes}/secrets/functions/kustomization.yaml`, 'smtp-p', 'mail-p', 'secrets'],
    [`${kubernetes}/overlays/cluster/functions.env`, ':5432/v', ':5432/w', 'database of postgres'],
    ['.github/workflows/ci.yml', 'image: rabbitmq:4', 'image: rabbitmq:3', 'image of rabbitmq'],
  ])('are found to differ when %s has not "%s" but "%s"', (file, right, wrong, subject) => {
    const seed = (path: string, text: string) =>
      path === file ? text.replace(right, wrong) : text;

    const found = contradictions(allFacts(seed));

    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${subject}.*${file}`)));
  });
});

describe('unknownVariables', () => {
  const stack = read('stack.yml');
  const files = [
    ...globSync(['deploy/**/*.{env,sh,example,yaml}', '.github/workflows/*.yml'], { cwd: root }),
    ...globSync(['docs/*.md', 'README.md'], { cwd: root }),
  ];

  test.each(files)('finds none in %s', (path) => {
    expect(unknownVariables(read(path), stack)).toEqual([]);
  });

  test('finds one that stack.yml does not read', () => {
    expect(unknownVariables('V2M_TAG=1\nV2M_TAGS=2\n', stack)).toEqual(['V2M_TAGS']);
  });
});

describe('timeoutFaults', () => {
  const faasd = readEnvironment(read('deploy/faasd/gateway.env'));
  const [, service] = /service_timeout=(\w+)/.exec(read('deploy/faasd/faasd-provider.conf')) ?? [];
  const ofFaasd = {
    place: 'faasd',
    read: faasd.get('read_timeout'),
    write: faasd.get('write_timeout'),
    upstream: faasd.get('upstream_timeout'),
    service,
  };
  const values = parse(read(`${kubernetes}/openfaas-values.yaml`)) as {
    gateway: Record<'readTimeout' | 'writeTimeout' | 'upstreamTimeout', string>;
  };
  const ofKubernetes = {
    place: 'Kubernetes',
    read: values.gateway.readTimeout,
    write: values.gateway.writeTimeout,
    upstream: values.gateway.upstreamTimeout,
  };

  test.each([ofFaasd, ofKubernetes])('$place gives each hop the time of the next', (platform) => {
    expect(timeoutFaults(platform, deployed)).toEqual([]);
  });

  test.each([
    [{ read: '60s' }, 'faasd: read_timeout is 60s, behind it is 2h'],
    [{ write: undefined }, 'faasd: write_timeout is not set, behind it is 2h'],
    [{ service: '1h59m' }, 'faasd: the provider’s timeout is 1h59m, behind it is 2h'],
    [{ upstream: '119m' }, 'faasd: upstream_timeout for upload is 119m, behind it is 2h'],
  ])('finds %j', (change, fault) => {
    expect(timeoutFaults({ ...ofFaasd, ...change }, deployed)).toContain(fault);
  });
});
