import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkGivenAddresses } from './choice.ts';
import { allOrEveryReason } from './errors.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { withLock } from './lock.ts';
import { planMongodb, startMongodb } from './mongodb.ts';
import { ensurePackages, missingPackages } from './packages.ts';
import { PortBook } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { Progress, type ProgressOutput, seconds } from './progress.ts';
import { startRabbitmq } from './rabbitmq.ts';
import { type RunRecord, endRecorded, listRecords } from './records.ts';
import { mailDirOf, startSmtp } from './smtp.ts';
import type { Stack, StackEnvironment } from './stack.ts';

export interface ServerAddresses {
  databaseUrl: string;
  mongodbUri: string;
  amqpUrl: string;
  smtpUrl: string;
  mailDir: string;
  ffmpegPath: string;
  ffprobePath: string;
}

export interface StartOptions extends ProgressOutput {
  /** State folder of the stack, for example `<checkout>/.local`. */
  root: string;
  /** Downloaded and built programs; stacks may share the folder. */
  toolsDir: string;
  /** Whether anything may be downloaded or installed. */
  install: boolean;
  /** Programs besides the servers' own, installed by their names where that is possible. */
  programs?: readonly string[];
  env?: StackEnvironment;
}

export interface Servers {
  addresses: ServerAddresses;
  pids: number[];
  /** Names of the processes that this call started; empty when all ran already. */
  started: string[];
  /** Ends what this call started, also a server that was started anew since, and nothing else. */
  stop: () => Promise<void>;
}

/** Finds, starts or reuses every server of a stack; one reported line says how for each. */
export async function startServers(options: StartOptions): Promise<Servers> {
  const root = resolve(options.root);
  const progress = new Progress(options);
  mkdirSync(root, { recursive: true });
  return withLock(
    root,
    () => startLocked({ ...options, root, toolsDir: resolve(options.toolsDir) }, progress),
    (pid) => progress.line(`Waiting for process ${pid}, which is starting or stopping this stack`),
  );
}

/** Ends every server that runs for `root`, by recorded process id; data stay. */
export async function stopServers(root: string): Promise<void> {
  const folder = resolve(root);
  await withLock(folder, () => endRecords(folder, listRecords(folder)));
}

async function startLocked(options: StartOptions, progress: Progress): Promise<Servers> {
  const env = options.env ?? process.env;
  const { root, toolsDir, install } = options;
  await checkGivenAddresses(env);
  const plan = await planMongodb({ root, toolsDir, install, env });
  const packages = ensurePackages(missingPackages(env, plan, options.programs), {
    env,
    install,
    progress,
  });
  const ports = new PortBook(root);
  const stack: Stack = { root, toolsDir, install, env, ports, progress, started: [], packages };
  const starting = [
    told(stack, 'Postgres', startPostgres(stack)),
    told(stack, 'RabbitMQ', startRabbitmq(stack)),
    told(stack, 'MongoDB', startMongodb(stack, plan)),
    told(stack, 'SMTP', startSmtp(stack)),
    told(stack, 'ffmpeg', findFfmpeg(stack, 'ffmpeg')),
    told(stack, 'ffprobe', findFfmpeg(stack, 'ffprobe')),
  ] as const;
  await throwAllFailures(stack, starting);
  const [postgres, rabbitmq, mongodb, smtp, ffmpeg, ffprobe] = await Promise.all(starting);
  return describe(stack, {
    databaseUrl: postgres.address,
    mongodbUri: mongodb.address,
    amqpUrl: rabbitmq.address,
    smtpUrl: smtp.address,
    mailDir: mailDirOf(stack),
    ffmpegPath: ffmpeg.address,
    ffprobePath: ffprobe.address,
  });
}

/** One line for each server: which, why, and whether it ran already. */
async function told(stack: Stack, title: string, starting: Promise<RunRecord>): Promise<RunRecord> {
  const startedAt = performance.now();
  const record = await starting;
  const isNew = stack.started.includes(record.name);
  const news = isNew ? `ready after ${seconds(startedAt)} s` : record.process && 'running already';
  stack.progress.line(`${title}: ${record.how}${news ? `, ${news}` : ''}`);
  return record;
}

/** A start that fails leaves nothing running that it started, and tells every reason at once. */
async function throwAllFailures(
  stack: Stack,
  starting: readonly Promise<unknown>[],
): Promise<void> {
  try {
    await allOrEveryReason(starting);
  } catch (error) {
    await endRecords(stack.root, startedRecords(stack));
    throw error;
  }
}

function describe(stack: Stack, addresses: ServerAddresses): Servers {
  return {
    addresses,
    pids: listRecords(stack.root).flatMap(({ process }) => process?.pid ?? []),
    started: stack.started,
    stop: () => withLock(stack.root, () => endRecords(stack.root, startedRecords(stack))),
  };
}

function startedRecords(stack: Stack): RunRecord[] {
  return listRecords(stack.root).filter(({ name }) => stack.started.includes(name));
}

/** The youngest first: a server ends before the one it stands on. */
async function endRecords(root: string, records: RunRecord[]): Promise<void> {
  for (const record of records.toReversed()) await endRecorded(root, record);
}
