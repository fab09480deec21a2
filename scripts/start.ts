import { basename, extname, join, relative, resolve } from 'node:path';
import { createClient } from './client/client.ts';
import { ServiceError } from './client/request.ts';
import { bringUp, type Running } from './platform/up.ts';
import { messageOf } from './stack/errors.ts';
import { terminalOutput } from './stack/terminal.ts';
import { type Command, readCommand } from './start/command.ts';
import { convertThroughService, newAccount } from './start/convert.ts';
import { incompleteness } from './start/incompleteness.ts';
import { interruption } from './start/interrupt.ts';
import { makeSample } from './start/sample.ts';
import { Stages } from './start/stages.ts';

const state = resolve(import.meta.dirname, '..', '.local');
const output = terminalOutput(process.stdout);
const interrupted = 130;

const command = readCommand(process.argv.slice(2));
if ('exitCode' in command) complain(command.text, command.exitCode);
else await run(command);

async function run(wanted: Command): Promise<void> {
  const interruptedBy = interruption(output.report);
  try {
    const running = await bringUp({ root: state, preferredPort: 8080, ...wanted, ...output });
    try {
      const code = await Promise.race([
        convert(running, wanted),
        interruptedBy.then(() => interrupted),
      ]);
      if (wanted.stays && code !== interrupted) {
        describe(running);
        await interruptedBy;
      }
      process.exitCode = wanted.stays ? 0 : code;
    } finally {
      await running.stop();
    }
  } catch (error) {
    complain(messageOf(error), 1);
  }
  // A conversion that was interrupted would hold the process: its connections are nobody's now.
  process.exit();
}

/** Converts the person's file or a sample; the exit code tells how it went. */
async function convert({ addresses }: Running, wanted: Command): Promise<number> {
  const video = wanted.video ?? join(state, 'sample.mp4');
  if (wanted.video === undefined) await makeSample(addresses.ffmpegPath, video);
  const out = wanted.out ?? join(state, `${basename(video, extname(video))}.mp3`);
  output.report(`\nConverting ${shown(video)}`);
  try {
    const client = createClient(addresses.gatewayUrl);
    const order = { video, out, options: wanted.options };
    const job = await convertThroughService(client, newAccount(), order, new Stages(output));
    const { durationSeconds = 0, bytes = 0, degraded = null } = job.result ?? {};
    output.report(`  MP3: ${shown(out)} (${durationSeconds.toFixed(2)} s, ${bytes} bytes)`);
    return degraded === null ? 0 : complain(incompleteness(degraded), 1);
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'internal';
    return complain(`${code}: ${messageOf(error)}`, 1);
  }
}

function describe({ addresses }: Running): void {
  output.report(`
Gateway    ${addresses.gatewayUrl}/function/…   (README.md shows each function by curl)
Admin      ${shown(addresses.gatewayUserFile)}, ${shown(addresses.gatewayPasswordFile)}
Mails      ${shown(addresses.mailDir)}
Logs       ${shown(join(state, 'log'))} (servers), ${shown(join(state, 'emulator', 'log'))} (functions)
Addresses  ${shown(join(state, 'stack.json'))}

Ctrl-C stops everything that was started here.`);
}

/** As a person in this folder would type it, where that is shorter. */
function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
  return exitCode;
}
