import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

import { listsFor, probedListsFor } from './allowed.ts';
import { quiet } from './command.ts';
import { layLure } from './lure.ts';
import type { Lure } from './lure.ts';
import { disguised, tricks } from './tricks.ts';
import type { Trick } from './tricks.ts';

/** Both programs as they are run, with what holds them in front. */
export interface Programs {
  readonly ffmpeg: readonly string[];
  readonly ffprobe: readonly string[];
}

const timeoutMs = 20_000;

/**
 * Tries every trick on both programs with our arguments, save one: the demuxer is not forced, so
 * that the lists show whether they would hold alone. Resolves with the tricks that got through:
 * sound of the bait came out, or somebody was asked for it. Rejects when the programs do not read
 * an honest sound in the same way, for then their refusals would prove nothing.
 */
export async function findLeaks(programs: Programs): Promise<readonly string[]> {
  const lure = await layLure();
  try {
    const commands = Object.entries(commandsOf(programs));
    for (const [program, command] of commands) await assertReads(lure, program, command);
    const trials = commands.flatMap(([program, command]) =>
      tricksFor(program).map((trick) => () => tryOut(lure, trick, program, command)),
    );
    const got = await inTurns(trials, (trial) => trial());
    return got.flat();
  } finally {
    await lure.close();
  }
}

/** ffprobe gives out no sound, so for it only the requests count. */
function tricksFor(program: string): readonly Trick[] {
  return tricks.filter(({ leadsTo }) => program === 'ffmpeg' || leadsTo === 'address');
}

type Command = (url: string) => readonly string[];

/** What says something only of sound that it got. */
function commandsOf({ ffmpeg, ffprobe }: Programs): Readonly<Record<string, Command>> {
  return {
    ffmpeg: (url) => [
      ...[...ffmpeg, ...quiet, ...listsFor('mp3'), '-i', url],
      ...['-map', '0:a:0', '-f', 'f32le', 'pipe:1'],
    ],
    ffprobe: (url) => [
      ...[...ffprobe, '-v', 'error', ...probedListsFor('mp3'), '-of', 'csv=p=0'],
      ...['-show_entries', 'stream=index', url],
    ],
  };
}

async function assertReads(lure: Lure, program: string, command: Command): Promise<void> {
  const name = `honest (${program})`;
  const source = lure.serve(name, lure.baitFor(name).bytes);
  if ((await outcomeOf(command(source))) !== 'heard') {
    throw new Error(`${program} does not read an MP3`);
  }
}

async function tryOut(lure: Lure, trick: Trick, program: string, command: Command) {
  const name = `${trick.name} (${program})`;
  const source = lure.serve(name, disguised(trick.script(lure.baitFor(name))));
  const isRefused = (await outcomeOf(command(source))) === 'silent';
  return isRefused && lure.requestsOf(name).length === 0 ? [] : [name];
}

/** What does not end in time listens for something, or waits for it. */
async function outcomeOf([program = '', ...args]: readonly string[]) {
  const child = spawn(program, args, {
    ...{ env: {}, timeout: timeoutMs },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let bytes = 0;
  child.stdout.on('data', (piece: Uint8Array) => (bytes += piece.length));
  await once(child, 'close');
  if (child.signalCode !== null) return 'ended by force';
  return bytes > 0 ? 'heard' : 'silent';
}

/** As many at a time as there are cores. */
async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = all.values();
  const worker = async () => {
    for (const one of rest) results.push(await work(one));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
