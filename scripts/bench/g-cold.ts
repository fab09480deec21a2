import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStackFile } from '../deploy/stack-file.ts';
import { findFreePort } from '../emulator/provider/free-port.ts';
import { readImageEnv } from '../emulator/provider/image-env.ts';
import { deploymentOf } from '../platform/variables.ts';
import { type Bench, type Benchmark, median, secondsOf } from './benchmark.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const template = join(checkout, 'template', 'node-bundle');
const bareServer = `import { createServer } from 'node:http';
createServer((req, res) => res.end()).listen(Number(process.argv[2]), '127.0.0.1');
`;

export const gCold: Benchmark = {
  name: 'g-cold',
  title: 'start of a bundle until it is ready ÷ a bare node:http server; the slowest bundle',
  bound: 1.5,
  better: 'lower',
  async measure(bench) {
    const programs = bundlesOf(bench);
    const ratios = programs.map((): number[] => []);
    const bare: number[] = [];
    for (let i = 0; i < bench.repeats; i += 1) {
      for (const [n, program] of programs.entries()) {
        const reference = await startSeconds(bareProgram(bench));
        bare.push(reference);
        ratios[n]?.push((await startSeconds(program)) / reference);
      }
    }
    const slowest = ratios.toSorted((a, b) => median(b) - median(a))[0] ?? [];
    return {
      ratios: slowest,
      figures: [
        ['bare server', `${(median(bare) * 1_000).toFixed(0)} ms`],
        ...programs.map(({ name, bytes }, n) => {
          const ratio = median(ratios[n] ?? []).toFixed(2);
          return [name, `× ${ratio}, ${(bytes / 1024).toFixed(0)} KiB`] as const;
        }),
      ],
    };
  },
};

interface Program {
  readonly name: string;
  readonly bytes: number;
  readonly folder: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Every bundle as the emulator unpacked it, with the configuration it is deployed with. */
function bundlesOf({ service }: Bench): Program[] {
  const { addresses, root } = service;
  const { variables } = deploymentOf(addresses, addresses.gatewayUrl);
  const imageEnv = readImageEnv(readFileSync(join(template, 'Dockerfile'), 'utf8'));
  const path = join(checkout, 'stack.yml');
  return readStackFile({ path, root: checkout, variables }).map(({ service: name, envVars }) => {
    const folder = join(unpacked(join(root, 'emulator', 'functions', name)), 'home');
    const secrets = { OPENFAAS_SECRETS_DIR: join(root, 'secrets', 'functions') };
    return {
      name,
      bytes: statSync(join(folder, 'function', 'index.mjs')).size,
      folder,
      script: 'index.js',
      env: { ...imageEnv, ...envVars, ...secrets },
    };
  });
}

/** Each deployment is unpacked anew, under the next number. */
function unpacked(folder: string): string {
  const numbers = readdirSync(folder).map(Number).filter(Number.isInteger);
  return join(folder, String(Math.max(...numbers)));
}

function bareProgram({ folder }: Bench): Program {
  writeFileSync(join(folder, 'bare.mjs'), bareServer);
  return { name: 'bare', bytes: bareServer.length, folder, script: 'bare.mjs', env: {} };
}

/** From the start of the process to its first 200 on the ready path. */
async function startSeconds({ name, folder, script, env }: Program): Promise<number> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [script, String(port)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env, upstream_url: `http://127.0.0.1:${port}` },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  try {
    return await secondsOf(async () => {
      while (!(await isReady(port))) {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
        await sleep(2);
      }
    });
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/_/ready', agent: false })
      .on('response', (answer) => resolve(answer.resume().statusCode === 200))
      .on('error', () => resolve(false))
      .end();
  });
}
