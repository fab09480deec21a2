import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createGround, type Ground } from './chaos/ground.ts';
import { createRandom } from './chaos/random.ts';
import { percentile, recoveriesOf } from './chaos/recoveries.ts';
import { settle } from './chaos/settle.ts';
import { watchSignsOfLife } from './chaos/signs-of-life.ts';
import { type Storm, startStorm } from './chaos/storm.ts';
import { submit } from './chaos/submit.ts';
import { verdictOf } from './chaos/verdict.ts';
import { makeVideos } from './chaos/videos.ts';
import { patiently } from './client/newcomer.ts';
import { judge } from './invariants/judge.ts';
import { takeCensus } from './invariants/take-census.ts';
import { toolsDir } from './platform/up.ts';
import { resetStack } from './stack/reset.ts';
import { interruption } from './start/interrupt.ts';

const usage = `npm run chaos -- [--jobs N] [--seconds N] [--seed N] [--no-install]

  Uploads videos to a service of its own while functions, ffmpegs and servers are killed and
  paused at random, then heals everything, waits until it is quiet, and checks every promise.
  The last line is one line of JSON; the exit code is 0 when no promise was broken.

  --jobs N       how many videos (300)
  --seconds N    for how long they come, and faults strike (240)
  --seed N       which videos and which faults (any)
  --no-install   download and install nothing
  --help         this text

The same seed plays the same faults at the same seconds for the same time, and sends the same
videos in the same order. What each fault meets is up to the machine: which job is where in its
life when its worker dies cannot be the same twice.

Servers are started for this alone, with data of their own below .local/chaos, deleted again.`;

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '240' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    'no-install': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [jobs, seconds, seed] = [values.jobs, values.seconds, values.seed].map(Number);
const isUsable = [jobs, seconds, seed].every((value) => Number.isSafeInteger(value));
if (values.help || !isUsable || jobs === undefined || seconds === undefined || seed === undefined) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

/** Everything that was killed has its lease run out and its work done again. */
const settleSeconds = 180 + jobs / 2;
const report = (line: string) => console.error(line);
const root = join(resolve(import.meta.dirname, '..'), '.local', 'chaos');
const interrupted = interruption(report).then(() => undefined);
await resetStack(root, toolsDir);
const ground = await createGround(root, { install: !values['no-install'], report });
const storm = startStorm(ground.victims, createRandom(seed), report);
try {
  const verdict = await Promise.race([run({ jobs, seconds, seed }, ground, storm), interrupted]);
  if (verdict) console.log(JSON.stringify(verdict));
  process.exitCode = verdict?.violations === 0 ? 0 : 1;
} finally {
  // A fault under way would start a server again that was just stopped.
  await storm.end();
  await ground.stop();
  await resetStack(root, toolsDir);
}
process.exit();

interface Size {
  readonly jobs: number;
  readonly seconds: number;
  readonly seed: number;
}

async function run({ jobs, seconds, seed }: Size, { addresses, victims }: Ground, storm: Storm) {
  report(`${jobs} jobs over ${seconds} s, seed ${seed}`);
  const signs = watchSignsOfLife(addresses.databaseUrl);
  const random = createRandom(seed + 1);
  const videos = await makeVideos();
  const { gatewayUrl } = addresses;
  const submitted = await submit({ gatewayUrl, jobs, seconds, videos, random, report });
  await storm.end();
  await patiently(() => victims.restoreServers());
  report(`All ${jobs} are sent (${submitted.retries} tries more); healed, waiting for quiet`);
  await settle(addresses, settleSeconds, report).then(
    (quietAfter) => report(`Quiet after ${quietAfter.toFixed(0)} s; reading everything back`),
    // What is stuck is judged like all the rest.
    (error: unknown) => report(String(error)),
  );
  await signs.end();
  const census = await takeCensus({
    ...{ ...addresses, root, secrets: submitted.secrets },
    ffmpegs: () => victims.ffmpegPids(),
    soundSeconds: (mp3) => soundSeconds(mp3, addresses.ffmpegPath),
  });
  const violations = judge({ census, accepted: submitted.accepted, copiesAllowed: 2 });
  for (const { invariant, about, what } of violations) report(`${invariant}  ${about} ${what}`);
  const recoveries = census.jobs.flatMap((job) => recoveriesOf(job, signs));
  console.log(table(storm.struck));
  console.log(describe(recoveries));
  const run = { seed, jobs, accepted: submitted.accepted.length, refused: submitted.refused };
  return verdictOf(run, census, violations, recoveries);
}

/** What a decoder plays of it, to the sample. */
async function soundSeconds(mp3: Buffer, ffmpegPath: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const path = join(folder, 'sound.mp3');
  writeFileSync(path, mp3);
  const args = ['-v', 'error', '-nostdin', '-i', path, '-ac', '1', '-ar', '8000', '-f', 'u8', '-'];
  const options = { encoding: 'buffer', maxBuffer: 1024 ** 3 } as const;
  try {
    const { stdout } = await promisify(execFile)(ffmpegPath, args, options);
    return stdout.length / 8_000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function table(struck: ReadonlyMap<string, number>): string {
  const lines = [...struck].toSorted(([one], [other]) => one.localeCompare(other));
  return lines.map(([name, times]) => `${String(times).padStart(5)}  ${name}`).join('\n');
}

function describe(recoveries: readonly number[]): string {
  const [half, most, all] = [0.5, 0.99, 1].map((share) => percentile(recoveries, share).toFixed(1));
  const count = String(recoveries.length).padStart(5);
  return `${count}  jobs taken over: p50 ${half} s, p99 ${most} s, max ${all} s`;
}
