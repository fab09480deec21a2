import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import * as v from 'valibot';

const usage = `node scripts/keys.ts DIRECTORY

Creates the secrets of the functions as one file each, where they are absent; what is there stays.
Keys and the introspection client's secret are made at random. Passwords are written as "none":
put the right one into each server's file whose address names a user.`;

const keySets = ['access-token', 'event'] as const;
const passwords = [
  'postgres-password',
  'mongodb-password',
  'amqp-password',
  'smtp-password',
] as const;

/** A password of a server, as the caller knows it. */
export type Passwords = Partial<Record<(typeof passwords)[number], string>>;

/**
 * Creates every secret that is absent, readable by the owner alone, and says which. A password
 * that is absent or empty becomes `none`: a secret must not be empty, and the address decides
 * whether it is used. Rejects where the public keys do not hold the private ones.
 */
export async function createSecrets(directory: string, values: Passwords = {}): Promise<string[]> {
  const created: string[] = [];
  const create = async (name: string, content: string) => {
    if (await writeNew(join(directory, name), content)) created.push(name);
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  for (const name of keySets) {
    await create(`${name}-private-keys`, await newPrivateKeys());
    const privateKeys = await readKeys(join(directory, `${name}-private-keys`));
    await create(`${name}-public-keys`, JSON.stringify({ keys: privateKeys.map(withoutPrivate) }));
    const published = await readKeys(join(directory, `${name}-public-keys`));
    assertPublished(name, privateKeys, published);
  }
  await create('introspection-client-secret', randomBytes(32).toString('base64url'));
  for (const name of passwords)
    await create(name, values[name] === '' ? 'none' : (values[name] ?? 'none'));
  return created;
}

const Key = v.looseObject({ kid: v.string() });
const KeySet = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.array(Key) }));
type Key = v.InferOutput<typeof Key>;

/** A JWK set (RFC 7517) of one fresh Ed25519 key, named by its thumbprint (RFC 7638). */
async function newPrivateKeys(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' });
  return JSON.stringify({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] });
}

function withoutPrivate(key: Key): Record<string, unknown> {
  return Object.fromEntries(Object.entries(key).filter(([member]) => member !== 'd'));
}

function assertPublished(name: string, privateKeys: readonly Key[], published: readonly Key[]) {
  const missing = privateKeys.find(({ kid }) => published.every((key) => key.kid !== kid));
  if (!missing) return;
  throw new Error(`${name}-public-keys lacks the key ${missing.kid} of ${name}-private-keys.`);
}

async function readKeys(file: string): Promise<readonly Key[]> {
  return v.parse(KeySet, await readFile(file, 'utf8')).keys;
}

const AlreadyThere = v.object({ code: v.literal('EEXIST') });

/** False where the file is there already. */
async function writeNew(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (v.is(AlreadyThere, error)) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  });
  const [directory, ...rest] = positionals;
  if (values.help === true || directory === undefined || rest.length > 0) {
    console.log(usage);
    if (values.help !== true) process.exitCode = 2;
    return;
  }
  const created = await createSecrets(directory);
  console.log(created.length > 0 ? `Created: ${created.join(', ')}` : 'Every secret is there.');
}

if (import.meta.main) void main();
