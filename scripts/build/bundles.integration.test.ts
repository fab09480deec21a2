import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

import { replacedByNode } from './bundles.ts';

interface Parsed {
  readonly hosts: string[];
  readonly pathname: string;
  readonly username: string;
  readonly password: string;
  readonly isSRV: boolean;
  readonly searchParams: URLSearchParams;
  readonly redact: () => Parsed;
  readonly clone: () => Parsed;
  readonly toString: () => string;
}
interface Package {
  readonly ConnectionString: new (uri: string) => Parsed;
}

let folder = '';
let original: Package;
let replaced: Package;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  original = await bundled('original.cjs', {});
  replaced = await bundled('replaced.cjs', replacedByNode);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function bundled(name: string, alias: Readonly<Record<string, string>>): Promise<Package> {
  const outfile = join(folder, name);
  const entry = 'mongodb-connection-string-url';
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', alias });
  return createRequire(import.meta.url)(outfile) as Package;
}

function read({ ConnectionString: Class }: Package, uri: string): unknown {
  try {
    const one = new Class(uri);
    const { hosts, pathname, username, password, isSRV, searchParams } = one;
    const found = searchParams.get('REPLICASET');
    const redacted = one.redact().toString();
    const copy = one.clone();
    copy.searchParams.set('AppName', 'x y');
    const changed = copy.toString();
    const text = one.toString();
    return { hosts, pathname, username, password, isSRV, found, redacted, changed, text };
  } catch (error) {
    return String(error);
  }
}

describe("mongodb's connection strings on Node's URL", () => {
  test.each([
    'mongodb://mongo:27017',
    'mongodb://user:p%40ss%2F@one:27017,two:27018/files?replicaSet=rs0&appname=a',
    'mongodb+srv://user@cluster.example.net/?retryWrites=true',
    'mongodb://[::1]:27017/files?authSource=admin&authSource=other',
    'mongodb://%2Ftmp%2Fmongodb-27017.sock/files',
    'mongodb://mongo/d%C3%A4ten?x=%C3%A4+b',
    'mongodb://us er:pass@mongo',
    'mongodb://user:p@ss@mongo',
    'mongodb://',
    'http://mongo',
  ])('read %s as on whatwg-url', (uri) => {
    expect(read(replaced, uri)).toEqual(read(original, uri));
  });
});
