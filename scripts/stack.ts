import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bringUp, toolsDir } from './platform/up.ts';
import { messageOf } from './stack/errors.ts';
import { resetStack } from './stack/reset.ts';
import { stopServers } from './stack/servers.ts';
import { removeStackFile } from './stack/stack-file.ts';
import { stackStatus, statusTable } from './stack/status.ts';
import { terminalOutput } from './stack/terminal.ts';

const USAGE = `usage: npm run stack -- <command> [options]

  up      find, install or start the servers, start the emulator, deploy all functions; what
          runs already is reused
  down    end what was started here; data stay
  status  what runs, and where; exit code 0 when all is up
  reset   down, and delete all data

  --no-install  up: download and install nothing
  --json        status: for programs
  --help        this text`;

const root = resolve(import.meta.dirname, '..', '.local');

process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  try {
    const { values, positionals } = parseWords(words);
    if (values.help) return say(USAGE);
    if (positionals.length !== 1) return complain(USAGE, 2);
    return await obey(positionals[0] ?? '', values);
  } catch (error) {
    const message = messageOf(error);
    return isUsageError(error) ? complain(`${message}\n\n${USAGE}`, 2) : complain(message, 1);
  }
}

function parseWords(words: string[]) {
  return parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      'no-install': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

async function obey(
  command: string,
  options: { 'no-install': boolean; json: boolean },
): Promise<number> {
  switch (command) {
    case 'up':
      return up(!options['no-install']);
    case 'down':
      return down();
    case 'status':
      return status(options.json);
    case 'reset':
      await resetStack(root, toolsDir);
      return 0;
    default:
      return complain(`unknown command: ${command}\n\n${USAGE}`, 2);
  }
}

async function up(install: boolean): Promise<number> {
  await bringUp({ root, install, preferredPort: 8080, ...terminalOutput(process.stderr) });
  return say(statusTable(await stackStatus(root)));
}

async function down(): Promise<number> {
  removeStackFile(root);
  await stopServers(root);
  return 0;
}

async function status(asJson: boolean): Promise<number> {
  const statuses = await stackStatus(root);
  say(asJson ? JSON.stringify(statuses, null, 2) : statusTable(statuses));
  return statuses.length > 0 && statuses.every(({ up: isUp }) => isUp) ? 0 : 1;
}

function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
