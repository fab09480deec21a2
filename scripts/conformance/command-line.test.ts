import { describe, expect, test } from '@jest/globals';

import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  test('is an own emulator and every item without arguments', () => {
    expect(parseCommandLine([])).toMatchObject({
      foreign: undefined,
      only: [],
      mode: undefined,
      image: 'video-to-mp3/conformance-probe:latest',
      broker: undefined,
    });
  });

  test('takes numbers of items one by one and as a list', () => {
    expect(parseCommandLine(['--only', '3', '--only', '20,21']).only).toEqual([3, 20, 21]);
  });

  test('has a topic of its own at the broker', () => {
    const url = 'amqp://127.0.0.1';
    const { broker } = parseCommandLine(['--amqp-url', url, '--topic', 'a/b']);
    expect(broker).toEqual({ url, exchange: 'a', topic: 'b' });
  });

  test.each([
    ['--only 26', 'there are 25 items'],
    ['--only 0', 'no positive whole number'],
    ['--only x', 'no positive whole number'],
    ['--mode swarm', 'neither kubernetes nor faasd'],
    ['--topic a', 'is not EXCHANGE/TOPIC'],
    ['--topic a/b/c', 'is not EXCHANGE/TOPIC'],
    ['--large-bytes 1MB', 'no positive whole number'],
    ['--processes file', '--processes needs --gateway'],
    ['--gateway openfaas', 'is no URL of http or https'],
    ['--gateway http://127.0.0.1:1', '--user-file is required with --gateway'],
    ['--nothing', "Unknown option '--nothing'"],
  ])('refuses %s', (args, message) => {
    expect(() => parseCommandLine(args.split(' '))).toThrow(message);
  });
});
