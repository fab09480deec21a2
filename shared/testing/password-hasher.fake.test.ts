import { expect, test } from '@jest/globals';
import { passwordHasherContract } from './password-hasher.contract.ts';
import { createFakePasswordHasher } from './password-hasher.fake.ts';

passwordHasherContract('without a hash', createFakePasswordHasher);

test('a hash that begins with outdated: verifies and is outdated', async () => {
  const hasher = createFakePasswordHasher();

  expect(await hasher.verify('secret', 'outdated:secret')).toBe(true);
  expect(hasher.isOutdated('outdated:secret')).toBe(true);
});
