import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { residentMib } from '../bench/memory.ts';
import { emulatorProcesses } from '../platform/deployed.ts';
import { uploadShort, type AcceptedVideo } from '../testing/accepted.ts';
import { driftOf, isFlat, type Drift } from '../testing/drift.ts';
import { soakSeconds } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, newPerson, service, sweepNow } from '../testing/service.ts';

/** A heap breathes; a leak of a kilobyte a request is seen in a long run. */
const memoryAllowed = { share: 0.15, more: 16 };
/** Connections of pools come and go. */
const descriptorsAllowed = { share: 0, more: 16 };
const sampleMs = 500;
/** Fewer than one person may upload in an hour. */
const jobsOfOnePerson = 50;

type Samples = Map<string, { readonly mib: number[]; readonly descriptors: number[] }>;

test(
  'S12: after hours of work, memory and descriptors are what they were',
  async () => {
    const until = performance.now() + soakSeconds * 1_000;
    const sampled: Samples = new Map();
    const timer = setInterval(() => sample(sampled), sampleMs);
    const work = await Promise.all([workUntil(until), workUntil(until)]).finally(() =>
      clearInterval(timer),
    );
    const drifts = [...sampled].map(([process, { mib, descriptors }]) => ({
      process,
      mib: driftOf(mib),
      descriptors: driftOf(descriptors),
    }));
    const jobs = work.flat();
    console.log(
      [
        `S12 over ${soakSeconds} s, ${jobs.length} jobs; second quarter → last quarter`,
        ...drifts.map(
          ({ process, mib, descriptors }) =>
            `  ${process}: ${shown(mib)} MiB, ${shown(descriptors)} descriptors`,
        ),
      ].join('\n'),
    );
    const grown = drifts.filter(
      ({ mib, descriptors }) =>
        !isFlat(mib, memoryAllowed) || !isFlat(descriptors, descriptorsAllowed),
    );
    expect(grown).toEqual([]);
    expect(jobs.length).toBeGreaterThan(0);
    await everyPromiseHolds(jobs);
  },
  (soakSeconds + 240) * 1_000,
);

/** Logs in, uploads, waits for the MP3, downloads it, and begins anew. */
async function workUntil(end: number): Promise<readonly AcceptedVideo[]> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const jobs: AcceptedVideo[] = [];
  let person = await newPerson();
  while (performance.now() < end) {
    if (jobs.length % jobsOfOnePerson === jobsOfOnePerson - 1) person = await newPerson();
    await person.client.login(person.email, person.password);
    const job = await uploadShort(person);
    jobs.push(job);
    await doneWith(job);
    await person.client.download(job.jobId, join(folder, 'sound.mp3'));
    await sleep(200);
  }
  await rm(folder, { recursive: true });
  return jobs;
}

async function doneWith({ person, jobId }: AcceptedVideo): Promise<void> {
  let looks = 0;
  await eventually(
    'the MP3',
    async () => {
      looks += 1;
      // Should the bell be late: the cron's turn comes every 30 s only.
      if (looks % 50 === 0) await sweepNow();
      return (await person.client.job(jobId)).state === 'done' ? true : undefined;
    },
    60_000,
  );
}

function sample(samples: Samples): void {
  const { pid, functions } = emulatorProcesses(service.root);
  const processes = functions.map(({ name, childPid }) => ({ name, pid: childPid ?? 0 }));
  for (const { name, pid: one } of [{ name: 'emulator', pid }, ...processes]) {
    const known = samples.get(name) ?? { mib: [], descriptors: [] };
    known.mib.push(residentMib(one));
    known.descriptors.push(readdirSync(`/proc/${one}/fd`).length);
    samples.set(name, known);
  }
}

function shown({ early, late }: Drift): string {
  return `${early.toFixed(0)} → ${late.toFixed(0)}`;
}
