import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { listPids, parentOf, programOf } from './process-table.ts';
import { identify, isAlive } from './processes.ts';

const programs = pathToFileURL(resolve(import.meta.dirname, 'programs.ts')).href;
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what takes minutes ends with whoever runs it', async () => {
  const script = `import { run } from '${programs}';
    process.once('SIGTERM', () => process.exit(130));
    const running = run('sleep', ['600'], { endsWithUs: true });
    console.log('runs');
    await running;`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(runner.stdout, 'data');
  const [sleeper] = listPids().filter(
    (pid) => parentOf(pid) === runner.pid && programOf(pid) === 'sleep',
  );
  expect(sleeper).toBeDefined();
  const identity = identify(sleeper ?? 0);
  runner.kill('SIGTERM');
  await once(runner, 'exit');
  expect(runner.exitCode).toBe(130);
  for (let tries = 0; isAlive(identity) && tries < 100; tries += 1) {
    await new Promise((resume) => setTimeout(resume, 20));
  }
  expect(isAlive(identity)).toBe(false);
});
