import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { MODES } from '../mode.ts';
import {
  credentials,
  startTestEmulator,
  until,
  type TestEmulator,
} from '../testing/test-emulator.ts';
import { FaasCli } from './cli.ts';

const probe = {
  ...{ service: 'probe', image: 'owner/probe:1', envProcess: 'node index.js' },
  ...{ labels: { team: 'sound' }, annotations: null },
};

describe.each(MODES)('faas-cli with a function deployed, %s', (mode) => {
  let emulator: TestEmulator;
  let cli: FaasCli;

  beforeAll(async () => {
    emulator = await startTestEmulator({ mode });
    cli = new FaasCli(emulator.gatewayUrl);
    await cli.login(credentials);
    await cli.deploy([probe]);
    await until(async () => (await fetch(`${emulator.gatewayUrl}/function/probe/_/ready`)).ok);
  });
  afterAll(() => emulator.close());

  describe('list and describe', () => {
    test('show the function ready, with its replica and what was deployed', async () => {
      expect((await cli.list()).output).toMatch(/^probe\t\d+\t1$/mu);
      expect((await cli.describe('probe')).output.split('\n')).toEqual(
        expect.arrayContaining([
          ...['Name:\tprobe', 'Status:\tReady', 'Replicas:\t1', 'Available Replicas:\t1'],
          ...['Image:\towner/probe:1', 'Function Process:\tnode index.js'],
          expect.stringMatching(/^Labels:\t.*"team":"sound"/u),
        ]),
      );
    });

    test('count a call by either of its names once', async () => {
      const counted = async () =>
        Number(/Invocations:\t(\d+)/u.exec((await cli.describe('probe')).output)?.[1]);
      const before = await counted();
      await cli.invoke('probe', '');
      await fetch(`${emulator.gatewayUrl}/function/probe/info`);
      await until(async () => (await counted()) === before + 2);
    });

    test('describe exits 1 for what is not there', async () => {
      expect(await cli.describe('nobody')).toEqual({
        exitCode: 1,
        output: 'No such function: nobody',
      });
    });
  });

  describe('invoke', () => {
    test('reaches the function by its full name, as text and without credentials', async () => {
      const { exitCode, output } = await cli.invoke('probe', 'hello', { query: ['a=b'] });
      const seen = JSON.parse(output) as { method: string; url: string; headers: object };
      expect([exitCode, seen.method, seen.url]).toEqual([0, 'POST', '/?a=b']);
      expect(seen.headers).toMatchObject({ 'content-type': 'text/plain' });
      expect(seen.headers).not.toHaveProperty('authorization');
    });

    test('hands on headers and content type that are given', async () => {
      const flags = { contentType: 'application/json', headers: { Authorization: 'Bearer mine' } };
      const { output } = await cli.invoke('probe', '{}', flags);
      expect((JSON.parse(output) as { headers: object }).headers).toMatchObject({
        'content-type': 'application/json',
        authorization: 'Bearer mine',
      });
    });

    test('exits 1 for a function that is not there', async () => {
      const run = await cli.invoke('nobody', '');
      expect(run).toMatchObject({ exitCode: 1 });
      expect(run.output).toContain('status code: 404');
    });

    test('--async exits 1 where no queue is installed', async () => {
      const run = await cli.invoke('probe', '', { async: true });
      expect(run).toMatchObject({ exitCode: 1 });
      expect(run.output).toContain('status code: 404');
    });
  });

  describe('logs', () => {
    const slow = (ms: number) => fetch(`${emulator.gatewayUrl}/function/probe/slow?ms=${ms}`);

    test('follows by default, everything so far first', async () => {
      await slow(1);
      await emulator.logged('probe', 'slow 1 ended');
      const following = cli.logs('probe', { isEnough: (text) => text === 'slow 2 ended' });
      await slow(2);
      const { output } = await following;
      expect(output.split('\n')).toEqual(expect.arrayContaining(['slow 1 ended', 'slow 2 begins']));
    });

    test('--follow=false --tail=1 gives the last line and ends', async () => {
      await slow(3);
      const { output } = await cli.logs('probe', { follow: false, tail: 1 });
      expect(output.split('\n')).toHaveLength(1);
    });

    test('--since leaves out what is older', async () => {
      await slow(4);
      await emulator.logged('probe', 'slow 4 ended');
      // Whole seconds travel.
      await sleep(1_100);
      const since = new Date();
      await slow(5);
      await emulator.logged('probe', 'slow 5 ended');
      const { output } = await cli.logs('probe', { follow: false, since });
      expect(output).toContain('slow 5 begins');
      expect(output).not.toContain('slow 4 begins');
    });

    test('exits 1 for a function that is not there', async () => {
      expect(await cli.logs('nobody')).toMatchObject({ exitCode: 1 });
    });
  });
});
