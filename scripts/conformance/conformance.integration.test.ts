import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { MODES } from '../emulator/mode.ts';
import { startTestEmulator, until, type TestEmulator } from '../emulator/testing/test-emulator.ts';
import { runQuietly } from '../run/command.ts';
import { bundles } from '../build/bundles.ts';

const SCRIPT = resolve('scripts/conformance.ts');
const AMQP_URL = process.env['AMQP_URL'] ?? 'amqp://127.0.0.1:5672';
const MINUTES_MS = 60_000;

const notChecked = (output: string): string[] => output.match(/(?<=not checked: ).*/gu) ?? [];

/** What this machine has not. */
function expectedUnchecked(): string[] {
  const isBuilt = Object.keys(bundles).every((name) => existsSync(join('dist', name)));
  const hasCli = spawnSync('faas-cli').error === undefined;
  return [
    ...(isBuilt ? [] : ['contexts of dist/: needs "npm run build"']),
    ...(hasCli ? [] : ['faas-cli itself writes the same: needs faas-cli on the PATH']),
  ];
}

describe('the emulator', () => {
  const runs = MODES.map((mode) => [mode] as const);

  test.concurrent.each(runs)(
    'as %s keeps the whole contract',
    async (mode) => {
      const args = [SCRIPT, '--mode', mode, '--amqp-url', AMQP_URL];
      const { code, output } = await runQuietly(process.execPath, args);
      expect(output.match(/^ ?\d+ FAILED.*\n(?: {5}.*\n)*/gmu) ?? []).toEqual([]);
      expect(output).toContain('25 items: 25 passed, 0 failed, 0 not checkable from outside');
      expect(notChecked(output)).toEqual(expectedUnchecked());
      expect(code).toBe(0);
    },
    6 * MINUTES_MS,
  );
});

describe('an installation that is not ours', () => {
  let folder: string;
  let emulator: TestEmulator;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-test-'));
    writeFileSync(join(folder, 'user'), 'admin');
    writeFileSync(join(folder, 'password'), 'for-tests');
    const places = { contexts: join(folder, 'build'), bundles: 'none', templates: 'template' };
    emulator = await startTestEmulator({ places });
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  function start(...args: string[]) {
    const access = ['--user-file', 'user', '--password-file', 'password'];
    const all = [SCRIPT, '--gateway', emulator.gatewayUrl, ...access, ...args];
    const child = spawn(process.execPath, all, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    const output = child.stdout.toArray().then((parts) => parts.join(''));
    return { child, exited, output };
  }

  const deployed = async (): Promise<unknown> => (await emulator.system('GET', 'functions')).json();

  test('is told what cannot be looked at, and is left as it was', async () => {
    const { exited, output } = start('--only', '1,5,14,22');
    expect(await exited).toEqual([0, null]);
    expect(notChecked(await output).map((line) => line.split(':', 1)[0])).toEqual([
      'metrics count calls by name.namespace',
      'health is 503 and requests are still taken for healthcheck_interval',
      'the process group is killed after healthcheck_interval and write_timeout',
      'all of it',
    ]);
    expect(await output).toContain('3 passed, 0 failed, 1 not checkable from outside');
    expect(await deployed()).toEqual([]);
    expect(existsSync(join(folder, 'build'))).toBe(false);
  });

  test('is looked at more closely with its processes.json', async () => {
    const processes = join(emulator.state, 'processes.json');
    const { exited, output } = start('--only', '14', '--processes', processes);
    expect(await exited).toEqual([0, null]);
    expect(notChecked(await output)).toEqual([]);
  });

  test('is left as it was by Ctrl-C, too', async () => {
    const { child, exited } = start('--only', '13');
    await until(async () => JSON.stringify(await deployed()).includes('conformance-13'));
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(await deployed()).toEqual([]);
    expect(existsSync(join(folder, 'build'))).toBe(false);
  });

  test('keeps its own functions, and loses what an earlier run left', async () => {
    const more = { image: 'x/kept:1', envProcess: 'node index.js' };
    const { child, exited } = start('--only', '13');
    await until(async () => JSON.stringify(await deployed()).includes('conformance-13'));
    child.kill('SIGKILL');
    await exited;
    await emulator.system('POST', 'functions', {
      service: 'kept',
      ...more,
      image: 'x/conformance-13:1',
    });
    const { exited: second, output } = start('--only', '1');
    await second;
    expect(await output).toContain('removed conformance-13, left by an earlier run');
    expect(await deployed()).toMatchObject([{ name: 'kept' }]);
  });
});
