import { setTimeout as sleep } from 'node:timers/promises';
import { identify, killProcess } from '../stack/processes.ts';
import type { Ground, ServerName } from './ground.ts';
import type { Random } from './random.ts';

/** Something that goes wrong, and for how long. */
export interface Fault {
  readonly name: string;
  /** Resolves when it is over. */
  strike(ground: Ground, random: Random): Promise<void> | void;
}

const workers = ['convert', 'upload', 'notify', 'notify-failure', 'sweep', 'jobs'] as const;
const servers = ['postgres', 'mongodb', 'documentdb', 'rabbitmq', 'smtp'] as const;

/** Convert dies more often than the rest: it has most to lose. */
export const faults: readonly [Fault, ...Fault[]] = [
  killed('convert'),
  killed('convert'),
  ...workers.map(killed),
  ...workers.map(paused),
  replaced('convert'),
  replaced('upload'),
  ffmpegKilled(),
  ...servers.map(crashed),
  ...servers.map(frozen),
];

function killed(name: string): Fault {
  return {
    name: `kill -9 ${name}`,
    strike: (ground) => {
      signal(ground.functionPids(name), 'SIGKILL');
    },
  };
}

/** Longer than a lease now and then: then somebody else has its job when it wakes. */
function paused(name: string): Fault {
  return {
    name: `pause ${name}`,
    strike: (ground, random) => pause(ground.functionPids(name), random.between(1, 9)),
  };
}

function replaced(name: string): Fault {
  return { name: `redeploy ${name}`, strike: (ground) => ground.redeploy(name) };
}

function ffmpegKilled(): Fault {
  return {
    name: 'kill -9 ffmpeg',
    strike: (ground) => {
      signal(ground.ffmpegPids().slice(0, 1), 'SIGKILL');
    },
  };
}

function crashed(name: ServerName): Fault {
  return {
    name: `kill -9 ${name}`,
    async strike(ground, random) {
      const pid = ground.serverPid(name);
      if (pid === undefined) return;
      await killProcess(identify(pid));
      await sleep(random.between(0, 4) * 1_000);
      await ground.restoreServers();
    },
  };
}

function frozen(name: ServerName): Fault {
  return {
    name: `pause ${name}`,
    strike: (ground, random) => {
      const pid = ground.serverPid(name);
      return pause(pid === undefined ? [] : [pid], random.between(1, 5));
    },
  };
}

async function pause(pids: readonly number[], seconds: number): Promise<void> {
  signal(pids, 'SIGSTOP');
  await sleep(seconds * 1_000);
  signal(pids, 'SIGCONT');
}

/** Who is gone already needs no signal. */
function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended between the look and the signal.
    }
  }
}
