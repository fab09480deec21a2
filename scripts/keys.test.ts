import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEventSigner, createEventVerifier } from '#shared/adapters/crypto/events';
import { exampleEvent } from '#shared/testing/tokens.contract';
import { createSecrets } from './keys.ts';

describe('createSecrets', () => {
  let directory: string;
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'secrets-')), 'secrets');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));

  test('creates every secret, for the owner alone', async () => {
    const created = await createSecrets(directory);

    expect(created.sort()).toEqual((await readdir(directory)).sort());
    expect(created).toHaveLength(9);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const name of created) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
      expect(await read(name)).not.toBe('');
    }
  });

  test('makes pairs that fit each other, and publishes no private key', async () => {
    await createSecrets(directory);
    const signer = createEventSigner({ privateKeys: await read('event-private-keys') });
    const verifier = createEventVerifier({ publicKeys: await read('event-public-keys') });
    const other = createEventVerifier({ publicKeys: await read('access-token-public-keys') });
    const jws = await signer.sign(exampleEvent);

    expect(await verifier.verify(jws)).toEqual(exampleEvent);
    expect(await other.verify(jws)).toBeUndefined();
    expect(await read('event-public-keys')).not.toContain('"d"');
  });

  test('writes the passwords it is given, and none for the others', async () => {
    await createSecrets(directory, { 'amqp-password': 'rabbit', 'smtp-password': '' });

    expect(await read('amqp-password')).toBe('rabbit');
    expect(await read('smtp-password')).toBe('none');
    expect(await read('postgres-password')).toBe('none');
  });

  test('keeps the keys that are there and creates what is absent', async () => {
    await createSecrets(directory);
    const keys = await read('event-private-keys');
    await rm(join(directory, 'event-public-keys'));

    expect(await createSecrets(directory)).toEqual(['event-public-keys']);
    expect(await read('event-private-keys')).toBe(keys);
  });

  test('lets a password follow its server, and keeps one it is not told of', async () => {
    await createSecrets(directory, { 'amqp-password': 'old', 'smtp-password': 'mail' });

    await createSecrets(directory, { 'amqp-password': 'new' });

    expect(await read('amqp-password')).toBe('new');
    expect(await read('smtp-password')).toBe('mail');
  });

  test('rejects where the public keys do not hold the private ones', async () => {
    await createSecrets(directory);
    await writeFile(join(directory, 'event-public-keys'), await read('access-token-public-keys'));

    await expect(createSecrets(directory)).rejects.toThrow(
      /^event-public-keys lacks the key \S+ of event-private-keys\.$/,
    );
  });
});
