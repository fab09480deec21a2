import { describe, expect, test } from '@jest/globals';
import { withPassword } from '#shared/core/address';
import { splitPassword } from './variables.ts';

describe('splitPassword', () => {
  test.each([
    ['postgres://app:s%40cret@127.0.0.1:5432/db', 'postgres://app@127.0.0.1:5432/db', 's@cret'],
    ['amqp://guest:guest@127.0.0.1:5672', 'amqp://guest@127.0.0.1:5672', 'guest'],
  ])('takes the password out of %s', (url, address, password) => {
    expect(splitPassword(url)).toEqual({ address, password });
  });

  test.each(['mongodb://127.0.0.1:27017', 'smtp://127.0.0.1:1025', 'amqp://guest@127.0.0.1'])(
    'leaves %s as it is',
    (url) => {
      expect(splitPassword(url)).toEqual({ address: url, password: '' });
    },
  );

  test('is undone by what the functions do with the secret', () => {
    const url = 'postgres://app:p%2Fw@127.0.0.1:5432/db';
    const { address, password } = splitPassword(url);
    expect(withPassword(address, password)).toBe(url);
  });
});
