import { describe, expect, test } from '@jest/globals';

import { parseTopology, queueName } from './topology.ts';

describe('parseTopology', () => {
  test('declares nothing and keeps nothing durable unless told', () => {
    expect(parseTopology('- name: conversion\n  topics: [a]')).toEqual([
      {
        name: 'conversion',
        topics: ['a'],
        declare: false,
        type: 'direct',
        durable: false,
        autoDelete: false,
      },
    ]);
  });

  test('knows autodeleted but not auto-deleted, as the connector', () => {
    const [known] = parseTopology('- {name: a, autodeleted: true}');
    const [unknown] = parseTopology('- {name: a, auto-deleted: true}');
    expect([known?.autoDelete, unknown?.autoDelete]).toEqual([true, false]);
  });

  test('takes an unknown type for direct', () => {
    expect(parseTopology('- {name: a, type: fanout}')[0]?.type).toBe('direct');
  });

  test.each([
    ['Topic', 'topic'],
    ['DIRECT', 'direct'],
  ])('reads the type %s as %s', (written, type) => {
    expect(parseTopology(`- {name: a, type: ${written}}`)[0]?.type).toBe(type);
  });

  test.each([
    ['yes', true],
    ['on', true],
    ['no', false],
  ])('reads durable: %s as YAML 1.1 does', (written, durable) => {
    expect(parseTopology(`- {name: a, durable: ${written}}`)[0]?.durable).toBe(durable);
  });

  test('refuses what is no list', () => {
    expect(() => parseTopology('name: a')).toThrow('not a list of exchanges');
  });
});

describe('queueName', () => {
  test('is made of exchange and topic', () => {
    const [exchange] = parseTopology('- {name: conversion}');
    expect(exchange && queueName(exchange, 'video_uploaded')).toBe(
      'OpenFaaS_conversion_video_uploaded',
    );
  });
});
