import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { findProgram } from './programs.ts';

const run = promisify(execFile);

/** What one ffmpeg may use. */
export interface Limits {
  /** Address space, which is several times what is really used. */
  readonly memoryBytes: number;
  /** CPU seconds of one process. */
  readonly cpuSeconds: number;
  /** Whom ffmpeg runs as when we are root: a user who owns nothing ({@link ffmpegUid}). */
  readonly uid?: number;
}

/** A user that neither Debian nor systemd ever gives to anybody else (systemd's UIDS-GIDS). */
export const ffmpegUid = 61_000;

/** The command line that goes in front of ffmpeg's own, and what of it this machine lacks. */
export interface Containment {
  readonly prefix: readonly string[];
  readonly missing: readonly string[];
}

/** One way to hold a program: a tool that runs it, and how. */
export interface Layer {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

/**
 * All threads of all its processes on the machine. An ffmpeg of today starts about twenty; this
 * stops only one that multiplies.
 */
const maxThreads = 1_000;

/**
 * The layers that hold ffmpeg (security.md §1), outermost first: its own session and process
 * group, limits by the kernel, no way to gain rights, a user who owns nothing, death with its
 * parent, low priority.
 *
 * What is not here: another user than ours where we are not root, and a network of its own
 * (decoders read from loopback; for encoders a namespace costs a millisecond and needs root).
 */
export function layersFor({ memoryBytes, cpuSeconds, uid = ffmpegUid }: Limits): readonly Layer[] {
  const mayChangeUser = isRoot();
  // It writes to pipes only, so no file may grow.
  const limits = [`--as=${memoryBytes}`, `--cpu=${cpuSeconds}`, '--fsize=0', '--nofile=64'];
  const drop = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  return [
    { name: 'process group', tool: 'setsid', args: [] },
    { name: 'resource limits', tool: 'prlimit', args: [...limits, '--core=0'] },
    // The kernel counts by user, so for a user who does more than this it would be no limit.
    ...(mayChangeUser
      ? [{ name: 'threads', tool: 'prlimit', args: [`--nproc=${maxThreads}`] }]
      : []),
    { name: 'no new privileges', tool: 'setpriv', args: ['--no-new-privs'] },
    ...(mayChangeUser ? [{ name: 'another user', tool: 'setpriv', args: drop }] : []),
    // A change of user clears it, so setpriv sets it last.
    { name: 'death with its parent', tool: 'setpriv', args: ['--pdeathsig', 'KILL'] },
    { name: 'low priority', tool: 'nice', args: ['-n', '10'] },
  ];
}

/** Whether we may run ffmpeg as somebody else. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Finds out which layers work here, by running `programs` under all of them at once and only where
 * that fails one by one. Layers of one tool become one command: every further program in front of
 * ffmpeg costs its start most of a millisecond. A layer that does not work is left out and named in
 * `missing`, so that it can be logged.
 */
export async function findContainment(
  programs: readonly string[],
  layers: readonly Layer[],
): Promise<Containment> {
  const working = (await works(layers, programs)) ? layers : await tried(layers, programs);
  return {
    prefix: await commandOf(working),
    missing: layers.filter((layer) => !working.includes(layer)).map(({ name }) => name),
  };
}

/** The layers that work within those before them. */
async function tried(
  layers: readonly Layer[],
  programs: readonly string[],
): Promise<readonly Layer[]> {
  const working: Layer[] = [];
  for (const layer of layers) {
    if (await works([...working, layer], programs)) working.push(layer);
  }
  return working;
}

async function works(layers: readonly Layer[], programs: readonly string[]): Promise<boolean> {
  const prefix = await commandOf(layers);
  const runs = programs.map(async (program) => {
    const [first, ...rest] = [...prefix, program];
    await run(first, [...rest, '-version'], { env: {}, timeout: 10_000 });
  });
  const results = await Promise.allSettled(runs);
  return results.every(({ status }) => status === 'fulfilled');
}

async function commandOf(layers: readonly Layer[]): Promise<readonly string[]> {
  const byTool = Map.groupBy(layers, ({ tool }) => tool);
  const commands = [...byTool].map(async ([tool, its]) => [
    (await findProgram(tool)) ?? tool,
    ...its.flatMap(({ args }) => args),
  ]);
  return (await Promise.all(commands)).flat();
}
