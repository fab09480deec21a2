import { describe, expect, test } from '@jest/globals';
import { withPassword } from './address.ts';

describe('withPassword', () => {
  test.each([
    ['postgres://ada@db:5432/jobs', 'postgres://ada:s%40%3A%2F%23%24%26@db:5432/jobs'],
    ['amqp://ada@broker', 'amqp://ada:s%40%3A%2F%23%24%26@broker'],
    [
      'mongodb://ada@one:1,two:2/?replicaSet=rs',
      'mongodb://ada:s%40%3A%2F%23%24%26@one:1,two:2/?replicaSet=rs',
    ],
  ])('puts the encoded password behind the user of %s', (url, expected) => {
    expect(withPassword(url, 's@:/#$&')).toBe(expected);
  });

  test.each([
    'postgres://ada:already@db/jobs',
    'postgres://ada:@db/jobs',
    'smtp://mail:25',
    'smtp://mail:25/?from=ada@example.org',
  ])('leaves %s as it is', (url) => {
    expect(withPassword(url, 'secret')).toBe(url);
  });

  test('leaves an address as it is where there is no password', () => {
    expect(withPassword('amqp://ada@broker', undefined)).toBe('amqp://ada@broker');
  });
});
