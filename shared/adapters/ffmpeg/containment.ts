import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What one ffmpeg may use. */
export interface Limits {
  /** Address space, which is several times what is really used. */
  readonly memoryBytes: number;
  /** CPU seconds of one process. */
  readonly cpuSeconds: number;
}

/** The command line that goes in front of ffmpeg's own, and what of it this machine lacks. */
export interface Containment {
  readonly prefix: readonly string[];
  readonly missing: readonly string[];
}

interface Layer {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

/** A layer whose tool is on this machine. */
interface Available {
  readonly name: string;
  readonly command: readonly string[];
}

/**
 * The layers that hold ffmpeg (security.md §1), outermost first: its own session and process
 * group, limits by the kernel, no way to gain rights, death with its parent, low priority.
 * They are tried by running `program` under them, all at once; only where that fails one by one.
 * A layer that does not work here is left out and named in `missing`, so that it can be logged.
 */
export async function findContainment(program: string, limits: Limits): Promise<Containment> {
  const found = await Promise.all(layers(limits).map(locate));
  const available = found.filter((layer) => layer !== undefined);
  const all = available.flatMap(({ command }) => command);
  const working = (await works([...all, program])) ? available : await tried(available, program);
  const missing = layers(limits).filter(({ name }) =>
    working.every((layer) => layer.name !== name),
  );
  return {
    prefix: working.flatMap(({ command }) => command),
    missing: missing.map(({ name }) => name),
  };
}

async function locate({ name, tool, args }: Layer): Promise<Available | undefined> {
  const path = await findProgram(tool);
  return path === undefined ? undefined : { name, command: [path, ...args] };
}

/** The layers that work within those before them. */
async function tried(available: readonly Available[], program: string): Promise<Available[]> {
  const working: Available[] = [];
  for (const layer of available) {
    const commands = [...working, layer].flatMap(({ command }) => command);
    if (await works([...commands, program])) working.push(layer);
  }
  return working;
}

function layers({ memoryBytes, cpuSeconds }: Limits): readonly Layer[] {
  // It writes to pipes only, so no file may grow.
  const limits = [`--as=${memoryBytes}`, `--cpu=${cpuSeconds}`, '--fsize=0', '--nofile=64'];
  return [
    { name: 'process group', tool: 'setsid', args: [] },
    { name: 'resource limits', tool: 'prlimit', args: [...limits, '--core=0', '--'] },
    { name: 'no new privileges', tool: 'setpriv', args: ['--no-new-privs'] },
    { name: 'death with its parent', tool: 'setpriv', args: ['--pdeathsig', 'KILL'] },
    { name: 'low priority', tool: 'nice', args: ['-n', '10'] },
  ];
}

async function works([program = '', ...args]: readonly string[]): Promise<boolean> {
  return run(program, [...args, '-version'], { env: {}, timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * The absolute path of a program, which children need that run without an environment: a path as
 * it is, a name by the usual folders. Undefined where there is none.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  if (name.includes('/')) return name;
  for (const folder of ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/opt/homebrew/bin']) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * A script that runs `program` inside `prefix` with an empty environment; returns its path.
 * fluent-ffmpeg takes one path and no more, and would hand our environment on. The script lies in
 * a folder of `directory` that is ours alone, named after its content, so restarts find it again.
 */
export async function writeWrapper(
  directory: string,
  prefix: readonly string[],
  program: string,
): Promise<string> {
  const script = `#!/bin/sh\nexec env -i ${[...prefix, program].map(quoted).join(' ')} "$@"\n`;
  const folder = join(directory, `v2m-ffmpeg-${userInfo().uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await assertOurs(folder);
  const name = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const path = join(folder, name);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, script, { mode: 0o500 });
  await rename(draft, path);
  return path;
}

/** Whoever else could write here could run programs as us. */
async function assertOurs(folder: string): Promise<void> {
  const found = await lstat(folder);
  const isOurs = found.uid === userInfo().uid || userInfo().uid === -1;
  if (!found.isDirectory() || !isOurs || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} belongs to someone else`);
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
