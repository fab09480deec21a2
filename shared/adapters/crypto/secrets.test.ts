import { describe, expect, test } from '@jest/globals';
import { isSameSecret } from './secrets.ts';

describe('isSameSecret', () => {
  test('knows the same text', () => {
    expect(isSameSecret('s3cret', 's3cret')).toBe(true);
  });

  test.each(['', 's3cre', 's3cret ', 'S3cret', 's3cret\0'])('tells %j apart', (given) => {
    expect(isSameSecret(given, 's3cret')).toBe(false);
  });
});
