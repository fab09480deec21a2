import { basename, extname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createClient } from './client/client.ts';
import { ServiceError } from './client/request.ts';
import { bringUp, type Running } from './platform/up.ts';
import { messageOf } from './stack/errors.ts';
import { terminalOutput } from './stack/terminal.ts';
import { convertThroughService, newAccount } from './start/convert.ts';
import { interruption } from './start/interrupt.ts';
import { makeSample } from './start/sample.ts';
import { Stages } from './start/stages.ts';

const usage = `npm start [-- VIDEO] [-- --once VIDEO --out FILE.mp3] [-- --no-install]

  Starts the real servers and all functions, converts a video through every part of the service,
  says where everything is, and stays until Ctrl-C. What it started is stopped then; data stay.

  VIDEO                      your own file instead of a sample
  --out FILE.mp3             where the MP3 goes      [.local/<name of the video>.mp3]
  --once VIDEO --out FILE    convert, stop what this started, and exit: 0 only if the MP3 is
                             complete, else the code and the reason on stderr
  --no-install               download and install nothing
  --help                     this text`;

const state = resolve(import.meta.dirname, '..', '.local');
const output = terminalOutput(process.stdout);

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const command = readCommand(args);
  if (typeof command === 'number') return command;
  const interrupted = interruption(output.report);
  try {
    const running = await bringUp({ root: state, preferredPort: 8080, ...command, ...output });
    try {
      const code = await Promise.race([convert(running, command), interrupted.then(() => 130)]);
      if (command.stays && code !== 130) {
        describe(running);
        await interrupted;
      }
      return command.stays ? 0 : code;
    } finally {
      await running.stop();
    }
  } catch (error) {
    return complain(messageOf(error));
  }
}

interface Command {
  /** Absent: a sample is made. */
  readonly video: string | undefined;
  readonly out: string | undefined;
  readonly stays: boolean;
  readonly install: boolean;
}

/** The command, or the exit code where there is nothing to do. */
function readCommand(args: string[]): Command | number {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (values.help) {
      output.report(usage);
      return 0;
    }
    const video = values.once ?? positionals[0];
    if (positionals.length > (values.once === undefined ? 1 : 0)) return complain(usage, 2);
    if (values.once !== undefined && values.out === undefined) {
      return complain('--once needs --out FILE.mp3', 2);
    }
    if (video !== undefined && !existsSync(video)) return complain(`There is no file ${video}`, 2);
    const { out } = values;
    return { video, out, stays: values.once === undefined, install: !values['no-install'] };
  } catch (error) {
    return complain(`${messageOf(error)}\n\n${usage}`, 2);
  }
}

const options = {
  once: { type: 'string' },
  out: { type: 'string' },
  'no-install': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function convert({ addresses }: Running, command: Command): Promise<number> {
  const video = command.video ?? join(state, 'sample.mp4');
  if (command.video === undefined) await makeSample(addresses.ffmpegPath, video);
  const out = command.out ?? join(state, `${basename(video, extname(video))}.mp3`);
  output.report(`\nConverting ${video}`);
  try {
    const client = createClient(addresses.gatewayUrl);
    const stages = new Stages(output);
    const job = await convertThroughService(client, newAccount(), { video, out }, stages);
    const { durationSeconds = 0, bytes = 0 } = job.result ?? {};
    output.report(`  MP3: ${out} (${durationSeconds.toFixed(2)} s, ${bytes} bytes)`);
    return 0;
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'internal';
    return complain(`${code}: ${messageOf(error)}`);
  }
}

function describe({ addresses }: Running): void {
  output.report(`
Gateway   ${addresses.gatewayUrl}   (functions below /function/, see README.md)
Admin     user and password in ${addresses.gatewayUserFile} and …-password
Mails     ${addresses.mailDir}
Logs      ${join(state, 'log')} (servers), ${join(state, 'emulator', 'log')} (functions)
Addresses ${join(state, 'stack.json')}

Ctrl-C stops everything that was started here.`);
}

function complain(message: string, code = 1): number {
  process.stderr.write(`${message}\n`);
  return code;
}
