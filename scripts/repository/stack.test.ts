import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { exchange, topics } from '#shared/contracts/events';
import { config as account } from '../../functions/account/handler.ts';
import { config as convert } from '../../functions/convert/handler.ts';
import { config as download } from '../../functions/download/handler.ts';
import { config as jobs } from '../../functions/jobs/handler.ts';
import { config as login } from '../../functions/login/handler.ts';
import { config as notify } from '../../functions/notify/handler.ts';
import { config as register } from '../../functions/register/handler.ts';
import { config as sweep } from '../../functions/sweep/handler.ts';
import { config as upload } from '../../functions/upload/handler.ts';
import { config as verifyToken } from '../../functions/verify-token/handler.ts';
import { bundles } from '../build/bundles.ts';

const root = resolve(import.meta.dirname, '..', '..');
const read = (path: string): unknown =>
  parse(readFileSync(join(root, path), 'utf8'), { merge: true });

interface Entry {
  handler: string;
  lang: string;
  image: string;
  environment?: Record<string, string>;
  secrets?: string[];
  annotations?: Record<string, string>;
}
const { functions } = read('stack.yml') as { functions: Record<string, Entry> };
const entries = Object.entries(functions);
const bundleOf = ({ handler }: Entry) => handler.replace('./dist/', '');
const folders = readdirSync(join(root, 'functions'));

interface Spec {
  settings: Readonly<Record<string, unknown>>;
  secrets: Readonly<Record<string, unknown>>;
}
const specs: Record<string, Spec> = {
  account: account,
  convert: convert,
  download: download,
  jobs: jobs,
  login: login,
  notify: notify,
  register: register,
  sweep: sweep,
  upload: upload,
  'verify-token': verifyToken,
};
const specOf = (entry: Entry) => specs[bundleOf(entry)] ?? { settings: {}, secrets: {} };

describe('stack.yml', () => {
  test('deploys every folder of functions/, and nothing else', () => {
    expect([...new Set(entries.map(([, entry]) => bundleOf(entry)))].sort()).toEqual(
      folders.sort(),
    );
    expect(Object.keys(bundles).sort()).toEqual(folders);
  });

  test('stays within what the community edition takes', () => {
    expect(entries.length).toBeLessThanOrEqual(15);
    expect(entries.filter(([, { annotations }]) => annotations?.['topic']?.includes(','))).toEqual(
      [],
    );
  });

  test.each(entries)('tells %s exactly its settings', (_, entry) => {
    const { settings } = specOf(entry);
    const told = Object.keys(entry.environment ?? {}).filter((name) => name.startsWith('V2M_'));
    expect(told.filter((name) => !(name in settings))).toEqual([]);
    const required = Object.keys(settings).filter((name) => !isOptional(settings[name]));
    expect(required.filter((name) => !told.includes(name))).toEqual([]);
  });

  test.each(entries)('gives %s exactly its secrets', (_, entry) => {
    const { secrets } = specOf(entry);
    expect((entry.secrets ?? []).toSorted()).toEqual(Object.keys(secrets).sort());
  });

  test('has one function for each topic of the events', () => {
    const taken = entries.flatMap(([, { annotations }]) => annotations?.['topic'] ?? []);
    expect(taken.toSorted()).toEqual([...topics, 'cron-function'].toSorted());
  });
});

/** A setting with a default may be left out: its schema begins with an optional. */
function isOptional(schema: unknown): boolean {
  const { type, pipe } = schema as { type?: string; pipe?: { type?: string }[] };
  return type === 'optional' || pipe?.[0]?.type === 'optional';
}

describe('the topology of the connector', () => {
  const [declared, ...others] = read('deploy/rabbitmq/topology.yaml') as Record<string, unknown>[];

  test('is the one the publisher declares', () => {
    expect(declared).toEqual({
      name: exchange,
      topics: [...topics],
      declare: true,
      type: 'direct',
      durable: true,
      autodeleted: false,
    });
    expect(others).toEqual([]);
  });
});
