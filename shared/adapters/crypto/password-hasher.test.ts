import { argon2Sync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { passwordHasherContract } from '#shared/testing/password-hasher.contract';
import { createPasswordHasher } from './password-hasher.ts';
import { formatPhc } from './phc.ts';

passwordHasherContract('Argon2id', createPasswordHasher);

describe('createPasswordHasher', () => {
  const hasher = createPasswordHasher();

  test('security 5: writes a PHC string of Argon2id with 46 MiB, one pass, one lane', async () => {
    expect(await hasher.hash('correct horse battery staple')).toMatch(
      /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  test('salts: the same password never gives the same hash', async () => {
    expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'));
  });

  test('security 5: verifies a hash of weaker parameters and calls it outdated', async () => {
    const cost = { memory: 8192, passes: 1, parallelism: 1 };
    const salt = randomBytes(16);
    const tag = argon2Sync('argon2id', { message: 'old one', nonce: salt, tagLength: 32, ...cost });
    const stored = formatPhc({ ...cost, salt, hash: tag });

    expect(await hasher.verify('old one', stored)).toBe(true);
    expect(await hasher.verify('old two', stored)).toBe(false);
    expect(hasher.isOutdated(stored)).toBe(true);
  });

  test('security 6: of 200 at once, 24 are hashed and the rest is told to come back', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, () => hasher.verify('flood', undefined)),
    );

    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(176);
    expect(refused[0]?.reason).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    expect(await hasher.verify('after the flood', undefined)).toBe(false);
  });

  test('security 7: an absent account takes as long as a wrong password', async () => {
    const hash = await hasher.hash('right');
    const wrong: number[] = [];
    const absent: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      wrong.push(await millisecondsOf(() => hasher.verify('wrong', hash)));
      absent.push(await millisecondsOf(() => hasher.verify('wrong', undefined)));
    }

    const ratio = median(absent) / median(wrong);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  test.each(['', 'plain', '$2b$10$abcdefghijklmnopqrstuv', '$argon2i$v=19$m=1,t=1,p=1$YQ$YQ'])(
    'throws TypeError for the stored hash %j and calls it outdated',
    async (stored) => {
      await expect(hasher.verify('x', stored)).rejects.toThrow(TypeError);
      expect(hasher.isOutdated(stored)).toBe(true);
    },
  );
});

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
