import { describe, expect, test } from '@jest/globals';

import { imageName } from './code.ts';

describe('imageName', () => {
  test.each([
    ['notify', 'notify'],
    ['ghcr.io/owner/notify:1.2', 'notify'],
    ['localhost:5000/notify', 'notify'],
    ['owner/notify@sha256:00', 'notify'],
  ])('%s → %s', (image, name) => {
    expect(imageName(image)).toBe(name);
  });
});
