import { setTimeout as sleep } from 'node:timers/promises';
import { identify, killProcess } from '../stack/processes.ts';
import type { ServerName, Victims } from './victims.ts';

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** For how long, at least and at most; 0 for what is over at once. */
  readonly lastsSeconds: readonly [least: number, most: number];
  /** Resolves when it is over. */
  strike(victims: Victims, seconds: number): Promise<void> | void;
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
    lastsSeconds: [0, 0],
    strike: (victims) => {
      signal(victims.functionPids(name), 'SIGKILL');
    },
  };
}

/** Longer than a lease now and then: then somebody else has its job when it wakes. */
function paused(name: string): Fault {
  return {
    name: `pause ${name}`,
    lastsSeconds: [1, 9],
    strike: (victims, seconds) => pause(victims.functionPids(name), seconds),
  };
}

function replaced(name: string): Fault {
  return {
    name: `redeploy ${name}`,
    lastsSeconds: [0, 0],
    strike: (victims) => victims.redeploy(name),
  };
}

function ffmpegKilled(): Fault {
  return {
    name: 'kill -9 ffmpeg',
    lastsSeconds: [0, 0],
    strike: (victims) => {
      signal(victims.ffmpegPids().slice(0, 1), 'SIGKILL');
    },
  };
}

function crashed(name: ServerName): Fault {
  return {
    name: `kill -9 ${name}`,
    lastsSeconds: [0, 4],
    async strike(victims, seconds) {
      const pid = victims.serverPid(name);
      if (pid === undefined) return;
      await killProcess(identify(pid));
      await sleep(seconds * 1_000);
      await victims.restoreServers();
    },
  };
}

function frozen(name: ServerName): Fault {
  return {
    name: `pause ${name}`,
    lastsSeconds: [1, 5],
    strike: (victims, seconds) => {
      const pid = victims.serverPid(name);
      return pause(pid === undefined ? [] : [pid], seconds);
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
