import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { download, upload } from '../bench/traffic.ts';
import { createGatewayClient, type GatewayClient } from '../deploy/gateway-client.ts';
import type { RunningFunction } from './processes.ts';
import { BUNDLES, isAlive, until } from './testing/test-emulator.ts';

let directory: string;
let emulator: ChildProcess;
let gatewayUrl: string;
let gateway: GatewayClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emulator-main-'));
  writeFileSync(join(directory, 'user'), 'admin');
  writeFileSync(join(directory, 'password'), 'for-tests\n');
  writeFileSync(join(directory, 'addresses.json'), '{"gatewayUrl":"kept"}');
  await start();
});

afterEach(async () => {
  await end('SIGTERM');
  rmSync(directory, { recursive: true });
});

async function start(): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const args = ['scripts/emulator/main.ts', '--port', '0', '--state', file('state')];
  args.push('--bundles', BUNDLES, '--contexts', file('none'), '--ready-file', file('ready.json'));
  args.push('--user-file', file('user'), '--password-file', file('password'));
  args.push('--pids-into', file('addresses.json'));
  emulator = spawn(process.execPath, args, { stdio: 'ignore' });
  await until(() => existsSync(file('ready.json')));
  ({ gatewayUrl } = JSON.parse(readFileSync(file('ready.json'), 'utf8')) as { gatewayUrl: string });
  rmSync(file('ready.json'));
  gateway = createGatewayClient({ gatewayUrl, user: 'admin', password: 'for-tests' });
}

async function end(signal: NodeJS.Signals): Promise<void> {
  if (emulator.exitCode !== null || emulator.signalCode !== null) return;
  const exited = once(emulator, 'exit');
  emulator.kill(signal);
  await exited;
}

async function deployProbe(): Promise<number> {
  await gateway.deploy({
    ...{ service: 'probe', image: 'probe:1', envProcess: 'node index.js', envVars: {} },
    ...{ secrets: [], constraints: [], labels: {}, annotations: {} },
    readOnlyRootFilesystem: false,
  });
  await until(() => gateway.isReady('probe'));
  const text = readFileSync(join(directory, 'state/processes.json'), 'utf8');
  const { functions } = JSON.parse(text) as { functions: RunningFunction[] };
  return functions[0]?.childPid ?? 0;
}

function probeLog(): string {
  const file = join(directory, 'state/log/probe.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

describe('main', () => {
  test('ends its functions in order and exits 0 on SIGTERM', async () => {
    const child = await deployProbe();
    await end('SIGTERM');
    expect(emulator.exitCode).toBe(0);
    expect(isAlive(child)).toBe(false);
    expect(probeLog()).toContain('drained');
  });

  test('kills at the second signal', async () => {
    const child = await deployProbe();
    const call = fetch(`${gatewayUrl}/function/probe/slow?ms=60002`).catch(String);
    await until(() => probeLog().includes('slow 60002 begins'));
    emulator.kill('SIGINT');
    await until(async () => !(await fetch(`${gatewayUrl}/function/probe/_/ready`)).ok);
    await end('SIGINT');
    expect(emulator.exitCode).toBe(1);
    await until(() => !isAlive(child));
    await call;
  });

  test('leaves no function behind for long when it is killed itself', async () => {
    const child = await deployProbe();
    await end('SIGKILL');
    await start();
    await until(() => !isAlive(child));
  });

  test('keeps the process ids in a file up to date when a function is killed', async () => {
    const first = await deployProbe();
    const told = (): unknown => JSON.parse(readFileSync(join(directory, 'addresses.json'), 'utf8'));
    expect(told()).toEqual({ gatewayUrl: 'kept', functions: { probe: first } });
    process.kill(first, 'SIGKILL');
    await until(async () => !isAlive(first) && (await gateway.isReady('probe')));
    const { functions } = told() as { functions: { probe: number } };
    expect(functions.probe).not.toBe(first);
    expect(isAlive(functions.probe)).toBe(true);
  });

  test('keeps secrets over a restart', async () => {
    await gateway.setSecret('token', Buffer.from('x'));
    await end('SIGTERM');
    await start();
    expect(readFileSync(join(directory, 'state/secrets/token'), 'utf8')).toBe('x');
  });

  test.each([
    ['up', upload],
    ['down', download],
  ])(
    'takes no more memory for 1.5 GB %s than for 100 MB',
    async (_way, transfer) => {
      await deployProbe();
      const peakAfter = async (megabytes: number): Promise<number> => {
        await transfer(`${gatewayUrl}/function/probe`, megabytes * 1_000_000);
        return peakMegabytes(emulator.pid ?? 0);
      };
      const few = await peakAfter(100);
      expect((await peakAfter(1_500)) - few).toBeLessThan(100);
    },
    120_000,
  );

  test('a function is held back while the client does not read', async () => {
    const child = await deployProbe();
    const before = peakMegabytes(emulator.pid ?? 0) + peakMegabytes(child);
    const answer = await fetch(`${gatewayUrl}/function/probe/give?bytes=1500000000`);
    await sleep(1_500);
    const after = peakMegabytes(emulator.pid ?? 0) + peakMegabytes(child);
    await answer.body?.cancel();
    expect(after - before).toBeLessThan(100);
  });
});

function peakMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1]) / 1_000;
}
