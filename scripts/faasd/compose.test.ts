import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { mergeCompose, readEnvironment } from './compose.ts';

const folder = join(resolve(import.meta.dirname, '..', '..'), 'deploy', 'faasd');
const services = readFileSync(join(folder, 'services.yaml'), 'utf8');
const gateway = readEnvironment(readFileSync(join(folder, 'gateway.env'), 'utf8'));

const faasd = `version: "3.7"
services:
  nats:
    image: docker.io/library/nats-streaming:0.25.6
    # nobody
    user: "65534"
  gateway:
    image: ghcr.io/openfaas/gateway:0.27.12
    environment:
      - basic_auth=true
      - read_timeout=60s
      # a comment of the machine's owner
      - scale_from_zero=true
    ports:
      - "8080:8080"
`;

interface Compose {
  services: Record<string, { image: string; environment?: string[] }>;
}
const merge = (own: string, added = services) => mergeCompose(own, added, gateway);
const parsed = (text: string) => parse(text) as Compose;

describe('mergeCompose', () => {
  test('adds our services to faasd’s', () => {
    const names = Object.keys(parsed(merge(faasd)).services);

    expect(names).toEqual(['nats', 'gateway', ...Object.keys(parsed(services).services)]);
  });

  test('gives the same text the second time', () => {
    expect(merge(merge(faasd))).toBe(merge(faasd));
  });

  test('keeps what it does not touch, comments and quotes too', () => {
    const lines = new Set(merge(faasd).split('\n'));
    const lost = faasd.split('\n').filter((line) => !lines.has(line));

    expect(lost).toEqual(['      - read_timeout=60s']);
  });

  test('replaces the gateway’s timeouts, and adds those it lacks', () => {
    expect(parsed(merge(faasd)).services['gateway']?.environment).toEqual([
      'basic_auth=true',
      'read_timeout=2h5s',
      'scale_from_zero=true',
      'write_timeout=2h5s',
      'upstream_timeout=2h',
    ]);
  });

  test('follows a new version of one of our services', () => {
    const earlier = merge(faasd).replace('library/postgres:18', 'library/postgres:17');

    expect(merge(earlier)).toBe(merge(faasd));
  });

  test('leaves a service alone that is not ours but has its name', () => {
    const other = faasd.replace('  gateway:', '  mongo:\n    image: own/mongo:7\n  gateway:');

    expect(() => merge(other)).toThrow('A service "mongo" of another kind is there already');
  });

  test.each(['restart: always', 'healthcheck: {}', 'networks: [a]', 'env_file: a', 'shm_size: 1g'])(
    'refuses %s, which faasd does not read',
    (line) => {
      const added = `services:\n  one:\n    image: a\n    ${line}\n`;
      const [key = ''] = line.split(':');

      expect(() => merge(faasd, added)).toThrow(`one: faasd does not read "${key}".`);
    },
  );

  test('takes every key that faasd reads', () => {
    const keys = ['image: a', 'command: [a]', 'environment: [a=b]', 'user: "1"', 'ports: [1:1]'];
    const more = ['volumes: []', 'cap_add: [CAP_NET_RAW]', 'depends_on: [gateway]'];
    const added = `services:\n  one:\n    ${[...keys, ...more].join('\n    ')}\n`;

    expect(Object.keys(parsed(merge(faasd, added)).services)).toContain('one');
  });

  test.each([
    ['a file without services', 'version: "3.7"\n', 'has no services'],
    ['a file that is no YAML', 'services: [\n', 'has no services'],
    ['a file without a gateway', 'services:\n  a:\n    image: a\n', "not faasd's file"],
  ])('refuses %s', (_, text, message) => {
    expect(() => merge(text)).toThrow(message);
  });
});

describe('deploy/faasd/services.yaml', () => {
  interface Service {
    user?: string;
    ports?: string[];
    volumes?: { type: string; source: string }[];
  }
  const all = Object.entries((parse(services) as { services: Record<string, Service> }).services);

  test.each(all)('%s has a numeric user, bind mounts and ports of this machine alone', (_, it) => {
    expect(it.user).toMatch(/^[1-9]\d*$/);
    expect((it.volumes ?? []).filter(({ type }) => type !== 'bind')).toEqual([]);
    expect((it.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('has no $, which one reader of compose files replaces and another does not', () => {
    expect(services).not.toContain('$');
  });
});
