import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { MODES } from '../mode.ts';
import { credentials, startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';
import { FaasCli } from './cli.ts';

describe.each(MODES)('faas-cli on a fresh installation, %s', (mode) => {
  let emulator: TestEmulator;
  let cli: FaasCli;

  beforeAll(async () => {
    emulator = await startTestEmulator({ mode });
  });
  beforeEach(() => {
    cli = new FaasCli(emulator.gatewayUrl);
  });
  afterAll(() => emulator.close());

  test('login takes the right credentials and no other', async () => {
    const wrong = { ...credentials, password: 'guessed' };
    expect(await cli.login(wrong)).toEqual({
      exitCode: 1,
      output: 'unable to login, either username or password is incorrect',
    });
    expect(await cli.list()).toMatchObject({ exitCode: 1 });
    expect(await cli.login(credentials)).toMatchObject({ exitCode: 0 });
    expect(await cli.list()).toEqual({
      exitCode: 0,
      output: 'Function\tInvocations\tReplicas',
    });
  });

  test('version prints gateway and provider', async () => {
    await cli.login(credentials);
    const { exitCode, output } = await cli.version();
    expect(exitCode).toBe(0);
    expect(output.split('\n').filter((line) => /: \S/u.test(line))).toHaveLength(4);
  });

  test('ready asks no credentials for the gateway, and some for a function', async () => {
    expect(await cli.ready()).toEqual({ exitCode: 0, output: 'gateway is ready' });
    expect(await cli.ready('any')).toMatchObject({ exitCode: 1 });
  });

  test('namespaces lists the only one', async () => {
    await cli.login(credentials);
    expect((await cli.namespaces()).output).toBe('Namespaces:\n - openfaas-fn');
  });
});
