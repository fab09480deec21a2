import { describe, expect, test } from '@jest/globals';
import type { PasswordHasher } from '#shared/core/ports';

/** What every {@link PasswordHasher} does. */
export function passwordHasherContract(name: string, create: () => PasswordHasher): void {
  describe(`PasswordHasher: ${name}`, () => {
    const hasher = create();

    test('verifies the password a hash was made of', async () => {
      const hash = await hasher.hash('correct horse battery staple');

      expect(await hasher.verify('correct horse battery staple', hash)).toBe(true);
    });

    test('refuses every other password', async () => {
      const hash = await hasher.hash('correct horse battery staple');

      expect(await hasher.verify('correct horse battery Staple', hash)).toBe(false);
      expect(await hasher.verify('', hash)).toBe(false);
    });

    test('refuses every password where there is no hash', async () => {
      expect(await hasher.verify('correct horse battery staple', undefined)).toBe(false);
    });

    test('security 4: takes spellings that are equal under NFKC for the same password', async () => {
      const hash = await hasher.hash('ﬁne Ångström plus words');

      expect(await hasher.verify('fine A\u030angstro\u0308m plus words', hash)).toBe(true);
      expect(await hasher.verify('fine angström plus words', hash)).toBe(false);
    });

    test('calls a hash of its own up to date', async () => {
      expect(hasher.isOutdated(await hasher.hash('correct horse battery staple'))).toBe(false);
    });
  });
}
