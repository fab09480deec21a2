import { describe, expect, test } from '@jest/globals';
import { NoWayError } from './choice.ts';

describe('NoWayError', () => {
  test('names every way tried and what the person can do', () => {
    const error = new NoWayError('RabbitMQ', ['AMQP_URL: not set'], ['docker compose up']);
    expect(error.message).toBe(
      'RabbitMQ: no way to it. Tried:\n  - AMQP_URL: not set\nWhat you can do:\n  - docker compose up',
    );
  });
});
