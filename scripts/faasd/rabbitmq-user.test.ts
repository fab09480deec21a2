import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { rabbitmqUser } from './rabbitmq-user.ts';

interface Definitions {
  users: [{ name: string; password_hash: string }];
}
const stored = (password: string) =>
  (JSON.parse(rabbitmqUser(password)) as Definitions).users[0].password_hash;

/** What RabbitMQ does with a password it is given. */
function isAccepted(hash: string, password: string): boolean {
  const bytes = Buffer.from(hash, 'base64');
  const salt = bytes.subarray(0, 4);
  const digest = createHash('sha256').update(salt).update(password).digest();
  return digest.equals(bytes.subarray(4));
}

describe('rabbitmqUser', () => {
  test('holds the password as RabbitMQ compares it, and never itself', () => {
    expect(isAccepted(stored('secret'), 'secret')).toBe(true);
    expect(isAccepted(stored('secret'), 'Secret')).toBe(false);
    expect(rabbitmqUser('secret')).not.toContain('secret');
  });

  test('is the same text for the same password, and another for another', () => {
    expect(rabbitmqUser('a')).toBe(rabbitmqUser('a'));
    expect(rabbitmqUser('a')).not.toBe(rabbitmqUser('b'));
  });
});
