import { isFree, listPorts } from '../stack/ports.ts';
import { markedOwner } from '../stack/orphans.ts';
import { environmentOf, listPids, parentOf, programOf } from '../stack/process-table.ts';
import { processStartTime } from '../stack/processes.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as far as it matters whose it is. */
export interface SeenProcess {
  readonly pid: number;
  /** Tells it from a later one with the same id. */
  readonly startTime: string;
  readonly program: string;
  readonly parent: number | undefined;
  readonly environment: readonly string[];
}

/** What stacks have running at one moment. */
export interface Traces {
  readonly processes: readonly SeenProcess[];
  /** Ports the stacks remember that are taken. */
  readonly ports: readonly number[];
}

/** Looks at the machine. `roots` are the state folders of the stacks, absolute. */
export async function lookForTraces(roots: readonly string[]): Promise<Traces> {
  const processes = listPids()
    .map(seen)
    .filter((one) => roots.some((root) => belongsTo(root, one)));
  const ports = roots.flatMap(listPorts);
  const isTaken = await Promise.all(ports.map(async (port) => !(await isFree(port))));
  return { processes, ports: ports.filter((_, i) => isTaken[i]) };
}

/** What is there that was not there before, one line each. */
export function leftovers(before: Traces, after: Traces): string[] {
  const known = new Set(before.processes.map(({ pid, startTime }) => `${pid} ${startTime}`));
  const processes = after.processes.filter(
    ({ pid, startTime }) => !known.has(`${pid} ${startTime}`),
  );
  const ports = after.ports.filter((port) => !before.ports.includes(port));
  return [
    ...processes.map(({ pid, program }) => `process ${pid} (${program}) still runs`),
    ...ports.map((port) => `port ${port} is still taken`),
  ];
}

/** {@link leftovers} once processes that are just ending had `withinMs` to end. */
export async function lastingLeftovers(
  roots: readonly string[],
  before: Traces,
  withinMs: number,
): Promise<string[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const lines = leftovers(before, await lookForTraces(roots));
    if (lines.length === 0 || performance.now() > deadline) return lines;
    await sleep(100);
  }
}

/**
 * Servers and emulator carry their owner's mark, functions the place of their secrets. An ffmpeg
 * carries nothing: one that nobody waits for any more is somebody's leftover.
 */
export function belongsTo(root: string, { program, parent, environment }: SeenProcess): boolean {
  const isServer = markedOwner(environment)?.startsWith(`${root}:`) === true;
  const isFunction = environment.some((entry) => entry.startsWith(`OPENFAAS_SECRETS_DIR=${root}/`));
  const isAlone = ['ffmpeg', 'ffprobe'].includes(program) && parent === 1;
  return isServer || isFunction || isAlone;
}

function seen(pid: number): SeenProcess {
  return {
    pid,
    startTime: processStartTime(pid) ?? 'ended',
    program: programOf(pid),
    parent: parentOf(pid),
    environment: environmentOf(pid),
  };
}
