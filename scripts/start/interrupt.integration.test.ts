import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';

const script = `
  const { interruption } = await import(${JSON.stringify(resolve('scripts/start/interrupt.ts'))});
  console.log('up');
  await interruption(() => undefined);
  process.exit(0);`;

describe('interruption', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('stays until %s, and no longer', async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    await sleep(300);
    expect(child.exitCode).toBeNull();
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    expect(child.exitCode).toBe(0);
  });
});
