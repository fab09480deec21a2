import { createServer, type Server } from 'node:http';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { listen } from '../http/server.ts';
import { MODES } from '../mode.ts';
import { credentials, startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';
import { FaasCli } from './cli.ts';
import type { Sent } from './functions.ts';

/** Null is what Go makes of a map nobody filled in. */
function probe(service: string, more: object = {}): Sent {
  return {
    ...{ service, image: 'probe:1', envProcess: 'node index.js', namespace: '' },
    ...{ labels: null, annotations: null, readOnlyRootFilesystem: false, ...more },
  };
}

describe.each(MODES)('faas-cli deploy, %s', (mode) => {
  let emulator: TestEmulator;
  let cli: FaasCli;

  beforeAll(async () => {
    emulator = await startTestEmulator({ mode });
    cli = new FaasCli(emulator.gatewayUrl);
    await cli.login(credentials);
  });
  afterAll(() => emulator.close());

  test('creates what is not there and updates what is', async () => {
    const functions = [probe('one'), probe('two'), probe('three')];
    expect(await cli.deploy(functions)).toEqual({ exitCode: 0, output: 'Deployed.' });
    const changed = functions.map((sent) => ({ ...sent, annotations: { round: '2' } }));
    expect(await cli.deploy(changed)).toMatchObject({ exitCode: 0 });
    expect((await cli.describe('two')).output).toMatch(/^Annotations:\t.*"round":"2"/mu);
  });

  test('--replace --update=false deletes first, and needs nothing to delete', async () => {
    const replace = { replace: true, update: false };
    expect(await cli.deploy([probe('replaced')], replace)).toMatchObject({ exitCode: 0 });
    expect(await cli.deploy([probe('replaced')], replace)).toMatchObject({ exitCode: 0 });
  });

  test('--update=false alone fails for a function that is there', async () => {
    await cli.deploy([probe('once')]);
    expect(await cli.deploy([probe('once')], { update: false })).toMatchObject({ exitCode: 1 });
  });

  test('goes on after a function the gateway refuses, and exits 1', async () => {
    const refused = probe('refused', { secrets: ['nobody-made-it'] });
    expect(await cli.deploy([refused, probe('accepted')])).toEqual({
      exitCode: 1,
      output: 'refused failed to deploy with status code: 400',
    });
    expect(await cli.ready('accepted')).toMatchObject({ exitCode: 0 });
  });

  test('remove takes the function away, and exits 1 when there is none', async () => {
    await cli.deploy([probe('gone')]);
    expect(await cli.remove('gone')).toMatchObject({ exitCode: 0 });
    expect((await cli.list()).output).not.toContain('gone');
    expect(await cli.remove('gone')).toEqual({
      exitCode: 1,
      output: 'No such function: gone',
    });
  });
});

describe('what faas-cli takes for success', () => {
  let gateway: Server;
  afterEach(() => void gateway.close());

  test.each([
    [200, 0],
    [201, 1],
    [202, 0],
    [204, 1],
    [401, 1],
  ])('a deployment answered %i exits %i', async (status, exitCode) => {
    gateway = createServer((_req, res) => res.writeHead(status).end());
    const port = await listen(gateway, 0);
    const cli = new FaasCli(`http://127.0.0.1:${port}`);
    expect(await cli.deploy([probe('any')])).toMatchObject({ exitCode });
  });
});
