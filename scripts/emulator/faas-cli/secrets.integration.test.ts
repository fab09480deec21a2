import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { MODES } from '../mode.ts';
import { credentials, startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';
import { FaasCli } from './cli.ts';

describe.each(MODES)('faas-cli secret, %s', (mode) => {
  let emulator: TestEmulator;
  let cli: FaasCli;
  const fileOf = (name: string) => readFileSync(`${emulator.state}/secrets/${name}`, 'utf8');

  beforeAll(async () => {
    emulator = await startTestEmulator({ mode });
    cli = new FaasCli(emulator.gatewayUrl);
    await cli.login(credentials);
  });
  afterAll(() => emulator.close());

  test('create stores the untrimmed content, update replaces it', async () => {
    expect((await cli.secretCreate('token', 'first\n')).output).toBe('Created.');
    expect(fileOf('token')).toBe('first\n');
    expect((await cli.secretUpdate('token', ' second \n')).output).toBe('Updated.');
    expect(fileOf('token')).toBe(' second \n');
  });

  test('list gives names and no value', async () => {
    await cli.secretCreate('listed', 'hidden');
    const { output } = await cli.secretList();
    expect(output).toContain('listed');
    expect(output).not.toContain('hidden');
  });

  test('remove takes it away, and exits 1 the second time', async () => {
    await cli.secretCreate('passing', 'x');
    expect(await cli.secretRemove('passing')).toMatchObject({ exitCode: 0 });
    expect((await cli.secretList()).output).not.toContain('passing');
    expect(await cli.secretRemove('passing')).toMatchObject({ exitCode: 1 });
  });

  test('create exits 0 even where the name is refused', async () => {
    expect(await cli.secretCreate('../escaped', 'x')).toEqual({
      exitCode: 0,
      output: expect.stringContaining('unexpected status code: 400'),
    });
  });
});

describe('faas-cli secret where the providers differ', () => {
  test.each([
    ['kubernetes', 'secret with the name "twice" already exists', 'one'],
    ['faasd', 'Created.', 'two'],
  ] as const)('%s answers a second create by: %s', async (mode, said, kept) => {
    const emulator = await startTestEmulator({ mode });
    const cli = new FaasCli(emulator.gatewayUrl);
    await cli.login(credentials);
    await cli.secretCreate('twice', 'one');
    const second = await cli.secretCreate('twice', 'two');
    const content = readFileSync(`${emulator.state}/secrets/twice`, 'utf8');
    await emulator.close();
    expect([second.output, content]).toEqual([said, kept]);
  });
});
