import { describe, expect, test } from '@jest/globals';

import { isParsableUrl } from './callback-url.ts';

describe('isParsableUrl', () => {
  test.each(['http://gateway:8080/function/next?a=%20b', 'https://example.org', '/relative', ''])(
    'takes "%s"',
    (text) => {
      expect(isParsableUrl(text)).toBe(true);
    },
  );

  test.each(['http://[::1', 'http://example.org:port/', 'http://example.org/%zz', ':8080/x'])(
    'refuses "%s"',
    (text) => {
      expect(isParsableUrl(text)).toBe(false);
    },
  );
});
