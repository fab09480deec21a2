import { describe, expect, test } from '@jest/globals';

import { parseDeployment } from './deployment.ts';

const body = { service: 'jobs', image: 'jobs:1' };

describe('parseDeployment', () => {
  test('fills what was not sent', () => {
    expect(parseDeployment(body)).toMatchObject({
      ...body,
      envProcess: '',
      envVars: {},
      secrets: [],
    });
  });

  test('keeps what was sent', () => {
    const sent = { ...body, envVars: { a: 'b' }, annotations: { topic: 't' }, secrets: ['s'] };
    expect(parseDeployment(sent)).toMatchObject(sent);
  });

  test.each([
    ['a name with capitals', { service: 'Jobs' }],
    ['a name of 64 letters', { service: 'a'.repeat(64) }],
    ['no image', { image: '' }],
    ['a comma in topic', { annotations: { topic: 'a,b' } }],
    ['a label for scaling to zero', { labels: { 'com.openfaas.scale.zero': 'true' } }],
    [
      'a time after which to scale to zero',
      { labels: { 'com.openfaas.scale.zero-duration': '15m' } },
    ],
    ['a foreign namespace', { namespace: 'other' }],
  ])('refuses %s with 400', (_case, change) => {
    expect(() => parseDeployment({ ...body, ...change })).toThrow(
      expect.objectContaining({ name: 'ProviderError', status: 400 }),
    );
  });

  test('takes a label that says not to scale to zero', () => {
    const labels = { 'com.openfaas.scale.zero': 'false' };
    expect(parseDeployment({ ...body, labels }).labels).toEqual(labels);
  });

  test('takes the only namespace by its name', () => {
    expect(parseDeployment({ ...body, namespace: 'openfaas-fn' }).service).toBe('jobs');
  });
});
