import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { substitute } from '../deploy/substitute.ts';
import { readStackFile } from '../deploy/stack-file.ts';
import { splitPassword } from '../platform/variables.ts';

const root = resolve(import.meta.dirname, '..', '..');
const text = substitute(readFileSync(join(root, 'compose.yaml'), 'utf8'), {});

interface Service {
  image?: string;
  healthcheck?: unknown;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
}
const { services } = parse(text) as { services: Record<string, Service> };
const { functions: ours, ...servers } = services;

const deployed = readStackFile({ path: join(root, 'stack.yml'), root, variables: {} });
const told = Object.assign({}, ...deployed.map(({ envVars }) => envVars)) as Record<string, string>;

describe('compose.yaml', () => {
  test.each([
    ['DATABASE_URL', 'V2M_POSTGRES_URL'],
    ['MONGODB_URI', 'V2M_MONGODB_URI'],
    ['AMQP_URL', 'V2M_AMQP_URL'],
    ['SMTP_URL', 'V2M_SMTP_URL'],
  ])('%s is where stack.yml expects the server by default', (variable, setting) => {
    const { address } = splitPassword(ours?.environment?.[variable] ?? '');
    expect(address).toBe(told[setting]);
    expect(Object.keys(servers)).toContain(new URL(address).hostname);
  });

  test('starts the functions after every server answers', () => {
    const awaited = Object.entries(ours?.depends_on ?? {});
    expect(awaited.map(([name]) => name).sort()).toEqual(Object.keys(servers).sort());
    expect(awaited.filter(([, { condition }]) => condition !== 'service_healthy')).toEqual([]);
    expect(Object.values(servers).filter(({ healthcheck }) => !healthcheck)).toEqual([]);
  });

  test('opens ports to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(ports).toContain('127.0.0.1:8080:8080');
  });
});
