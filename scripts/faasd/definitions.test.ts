import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { queueName, topics } from '#shared/contracts/events';
import { rabbitmqDefinitions } from './definitions.ts';

interface Definitions {
  users: [{ name: string; password_hash: string }];
  policies: [{ pattern: string }];
}
const definitions = (password: string) => JSON.parse(rabbitmqDefinitions(password)) as Definitions;

/** What RabbitMQ does with a password it is given. */
function isAccepted(stored: string, password: string): boolean {
  const bytes = Buffer.from(stored, 'base64');
  const salt = bytes.subarray(0, 4);
  const digest = createHash('sha256').update(salt).update(password).digest();
  return digest.equals(bytes.subarray(4));
}

describe('rabbitmqDefinitions', () => {
  test('holds the password as RabbitMQ compares it, and never itself', () => {
    const [{ password_hash: stored }] = definitions('secret').users;

    expect(isAccepted(stored, 'secret')).toBe(true);
    expect(isAccepted(stored, 'Secret')).toBe(false);
    expect(rabbitmqDefinitions('secret')).not.toContain('secret');
  });

  test('is the same text for the same password, and another for another', () => {
    expect(rabbitmqDefinitions('a')).toBe(rabbitmqDefinitions('a'));
    expect(rabbitmqDefinitions('a')).not.toBe(rabbitmqDefinitions('b'));
  });

  test('bounds the queues of the connector, and no others', () => {
    const pattern = new RegExp(definitions('a').policies[0].pattern);

    expect(topics.filter((topic) => !pattern.test(queueName(topic)))).toEqual([]);
    expect(pattern.test('orders')).toBe(false);
  });
});
