import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { createGatewayClient } from '../deploy/gateway-client.ts';

const emulatorFolder = resolve(import.meta.dirname, '..', 'emulator');
const password = 'for-benchmarks';
const timeouts = { exec_timeout: '10m', read_timeout: '10m', write_timeout: '10m' };

/** The same function process by two URLs. */
export interface TwoWays {
  readonly gateway: string;
  readonly direct: string;
}

/** An emulator of its own, without any server beside it, for as long as the work lasts. */
export async function onTwoWays<T>(
  folder: string,
  work: (ways: TwoWays) => Promise<T>,
): Promise<T> {
  const place = mkdtempSync(join(folder, 'gateway-'));
  const emulator = start(place);
  const exited = once(emulator, 'exit');
  const killIt = () => void emulator.kill('SIGKILL');
  process.once('exit', killIt);
  try {
    return await work(await deployProbe(await gatewayUrlOf(place, emulator)));
  } finally {
    emulator.kill('SIGTERM');
    await exited;
    process.off('exit', killIt);
    rmSync(place, { recursive: true });
  }
}

function start(place: string): ChildProcess {
  writeFileSync(join(place, 'user'), 'admin');
  writeFileSync(join(place, 'password'), password);
  const options = {
    port: '0',
    state: join(place, 'state'),
    bundles: join(emulatorFolder, 'testing', 'bundles'),
    contexts: join(place, 'none'),
    'user-file': join(place, 'user'),
    'password-file': join(place, 'password'),
    'ready-file': join(place, 'ready.json'),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  // The young generation that npm start gives it.
  const command = ['--max-semi-space-size=1', join(emulatorFolder, 'main.ts'), ...args];
  return spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function gatewayUrlOf(place: string, emulator: ChildProcess): Promise<string> {
  const file = join(place, 'ready.json');
  while (!existsSync(file)) {
    if (emulator.exitCode !== null) throw new Error(`the emulator ended: ${emulator.exitCode}`);
    await sleep(20);
  }
  return v.parse(Ready, JSON.parse(readFileSync(file, 'utf8'))).gatewayUrl;
}

async function deployProbe(gatewayUrl: string): Promise<TwoWays> {
  const client = createGatewayClient({ gatewayUrl, user: 'admin', password });
  await client.deploy({
    ...{ service: 'probe', image: 'probe:1', envProcess: 'node index.js', envVars: timeouts },
    ...{ secrets: [], constraints: [], labels: {}, annotations: {} },
    readOnlyRootFilesystem: false,
  });
  while (!(await client.isReady('probe'))) await sleep(20);
  const gateway = `${gatewayUrl}/function/probe`;
  const seen = v.parse(Seen, await (await fetch(`${gateway}/info`)).json());
  return { gateway, direct: new URL(seen.env.upstream_url).origin };
}

const Ready = v.object({ gatewayUrl: v.string() });
const Seen = v.object({ env: v.object({ upstream_url: v.string() }) });
