import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

const help = `Makes the secrets of the functions: a folder with one file each.

  node scripts/keys.ts DIRECTORY [--password NAME=VALUE …]

  --password postgres-password=…   also mongodb-password, amqp-password, smtp-password; a server
                                   whose address names no user needs none

Files that are there already stay as they are. Then, for each: faas-cli secret create NAME
--from-file DIRECTORY/NAME`;

const passwords = ['postgres-password', 'mongodb-password', 'amqp-password', 'smtp-password'];
const keyPairs = ['access-token', 'event'];

/**
 * Fills a folder with what functions read as secrets, for the owner only. Key pairs and generated
 * secrets that are there already are kept, passwords follow `values`. OpenFaaS takes no empty
 * secret, so an absent password reads "none"; nothing uses it.
 */
export async function createSecrets(
  directory: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) => {
    writeFileSync(join(directory, name), `${content}\n`, { mode: 0o600 });
  };
  for (const name of passwords) {
    const value = values[name];
    if (value !== undefined || !existsSync(join(directory, name))) write(name, value || 'none');
  }
  for (const name of keyPairs) {
    if (existsSync(join(directory, `${name}-private-keys`))) continue;
    const { privateKeys, publicKeys } = await createKeyPair();
    // The private half last: it is what says that the pair is complete.
    write(`${name}-public-keys`, publicKeys);
    write(`${name}-private-keys`, privateKeys);
  }
  if (!existsSync(join(directory, 'introspection-client-secret'))) {
    write('introspection-client-secret', randomBytes(32).toString('base64url'));
  }
}

/** One Ed25519 pair as two JWK sets; `kid` is the thumbprint (RFC 7638). */
async function createKeyPair(): Promise<{ privateKeys: string; publicKeys: string }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const set = (jwk: JWK) => JSON.stringify({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] });
  return { privateKeys: set(await exportJWK(privateKey)), publicKeys: set(publicJwk) };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, password: { type: 'string', multiple: true } },
  });
  const [directory] = positionals;
  const given = Object.fromEntries(
    (values.password ?? []).map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
  const isValid = Object.keys(given).every((name) => passwords.includes(name));
  if (values.help === true || directory === undefined || !isValid) {
    console.log(help);
    return values.help === true ? 0 : 2;
  }
  await createSecrets(directory, given);
  console.log(`Secrets are in ${directory}.`);
  return 0;
}

if (import.meta.main) process.exitCode = await main();
