import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { endOrphans, markOf } from './orphans.ts';
import { endProcess, identify, isAlive } from './processes.ts';

let child: ChildProcess;

afterEach(() => void child.kill('SIGKILL'));

async function start(script: string, env: Record<string, string> = {}): Promise<number> {
  child = spawn('sh', ['-c', `${script}; echo ready; while :; do sleep 0.1; done`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout) await once(child.stdout, 'data');
  return child.pid ?? 0;
}

describe('endProcess', () => {
  test('ends a process that obeys without force', async () => {
    const obedient = identify(await start(':'));
    await Promise.all([once(child, 'exit'), endProcess(obedient, 'SIGTERM')]);
    expect(child.signalCode).toBe('SIGTERM');
  });

  test('kills a process that does not obey within the grace', async () => {
    const stubborn = identify(await start("trap '' TERM"));
    await endProcess(stubborn, 'SIGTERM', 200);
    expect(isAlive(stubborn)).toBe(false);
  });

  test('leaves alone a process that only has the same id', async () => {
    const other = { ...identify(await start(':')), startTime: '1' };
    await endProcess(other, 'SIGTERM');
    expect(isAlive(identify(other.pid))).toBe(true);
  });
});

describe('endOrphans', () => {
  test('ends the processes of this owner and no other', async () => {
    const marked = identify(await start(':', markOf('/somewhere:postgres')));
    await endOrphans('/somewhere:rabbitmq');
    expect(isAlive(marked)).toBe(true);
    await endOrphans('/somewhere:postgres');
    expect(isAlive(marked)).toBe(false);
  });
});
