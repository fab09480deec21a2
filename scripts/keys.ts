import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import * as v from 'valibot';

const usage = `Creates the secrets of the functions: a folder with one file each.

  node scripts/keys.ts DIRECTORY [--password NAME=VALUE …]

  --password postgres-password=…   also mongodb-password, amqp-password, smtp-password; a server
                                   whose address names no user needs none

Keys and the introspection client's secret that are there already stay as they are. Then, for
each file: faas-cli secret create NAME --from-file DIRECTORY/NAME`;

const keySets = ['access-token', 'event'] as const;
const passwords = [
  'postgres-password',
  'mongodb-password',
  'amqp-password',
  'smtp-password',
] as const;

/** Passwords of servers, as the caller knows them. */
export type Passwords = Partial<Record<(typeof passwords)[number], string | undefined>>;

/**
 * Creates every secret that is absent, readable by the owner alone, and says which. Passwords
 * follow `values` also where the file is there: a server may be another one by now. OpenFaaS takes
 * no empty secret, so a password that is absent or empty reads `none`; the address decides whether
 * it is used. Rejects where the public keys do not hold the private ones.
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
  for (const name of passwords) {
    const value = values[name];
    if (value !== undefined) await rm(join(directory, name), { force: true });
    await create(name, value === undefined || value === '' ? 'none' : value);
  }
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

const Given = v.strictObject(v.entriesFromList(passwords, v.optional(v.string())));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, password: { type: 'string', multiple: true } },
  });
  const pairs = (values.password ?? []).map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')];
  });
  const given = v.safeParse(Given, Object.fromEntries(pairs));
  const [directory, ...rest] = positionals;
  if (values.help === true || directory === undefined || rest.length > 0 || !given.success) {
    console.log(usage);
    if (values.help !== true) process.exitCode = 2;
    return;
  }
  await createSecrets(directory, given.output);
  console.log(`Secrets are in ${directory}.`);
}

if (import.meta.main) void main();
