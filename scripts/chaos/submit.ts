import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { JobView } from '#shared/contracts/jobs';
import { Problem } from '#shared/contracts/problem';
import type { Client } from '../client/client.ts';
import { enter, type Secret } from '../client/newcomer.ts';
import type { Accepted } from '../invariants/census.ts';
import type { Random } from './random.ts';
import type { Video } from './videos.ts';

/** What came of all uploads. */
export interface Submitted {
  readonly accepted: readonly Accepted[];
  /** Refused while they were sent, with the code that their job would have failed with. */
  readonly refused: number;
  /** Answers that were repeated because a part of the service was away. */
  readonly retries: number;
  /** What the senders told nobody but the service. */
  readonly secrets: readonly Secret[];
}

export interface SubmitOptions {
  readonly gatewayUrl: string;
  readonly jobs: number;
  /** Over how long they are spread. */
  readonly seconds: number;
  readonly videos: readonly [Video, ...Video[]];
  readonly random: Random;
  readonly report: (line: string) => void;
}

/** Fewer than a person may have under way at once. */
const jobsOfOnePerson = 50;
const uploadsAtOnce = 8;
const pauseMs = 500;
const patienceMs = 120_000;

/**
 * Uploads as patient people do: whatever is answered with "later", or not at all, is sent again
 * with the same Idempotency-Key. Which video is sent when comes from `random` alone.
 */
export async function submit(options: SubmitOptions): Promise<Submitted> {
  const { gatewayUrl, jobs, seconds, videos, random, report } = options;
  const videoOf = Array.from({ length: jobs }, () => random.pick(videos));
  const startedAt = performance.now();
  const seen = { accepted: new Array<Accepted>(), refused: 0, retries: 0 };
  const secrets: Secret[] = [];
  const meet = async () => {
    const person = await enter(gatewayUrl);
    secrets.push(...person.secrets);
    return person.client;
  };
  let person = meet();
  let next = 0;

  async function work(): Promise<void> {
    for (let index = next++; index < jobs; index = next++) {
      if (index > 0 && index % jobsOfOnePerson === 0) {
        person = meet();
        report(`  ${index} of ${jobs} sent, ${seen.retries} tries more`);
      }
      const dueInMs = startedAt + (index / jobs) * seconds * 1_000 - performance.now();
      await sleep(Math.max(0, dueInMs));
      const video = videoOf[index] ?? videos[0];
      const { answer, tries } = await send(await person, video);
      seen.retries += tries - 1;
      if (answer === undefined) seen.refused += 1;
      else seen.accepted.push({ jobId: answer.id, ends: video.ends });
    }
  }

  await Promise.all(Array.from({ length: uploadsAtOnce }, work));
  return { ...seen, secrets };
}

/** Undefined where the video is refused for what it is. */
async function send(client: Client, video: Video) {
  let key = randomUUID();
  for (let tries = 1, until = performance.now() + patienceMs; ; tries += 1) {
    const response = await put(client, video, key).catch(() => undefined);
    if (response?.ok) return { answer: v.parse(JobView, await response.json()), tries };
    const problem = response && v.safeParse(Problem, await response.json().catch(() => undefined));
    const code = problem?.success ? problem.output.code : undefined;
    if (code !== undefined && 'code' in video.ends && code === video.ends.code) {
      return { answer: undefined, tries };
    }
    // The process that had the key in hand is dead: nothing was promised under it.
    if (code === 'conflict' && tries % 10 === 0) key = randomUUID();
    if (performance.now() > until)
      throw new Error(`an upload was never taken: ${code ?? 'no answer'}`);
    await sleep(pauseMs);
  }
}

function put(client: Client, { name, bytes }: Video, key: string): Promise<Response> {
  return client.call(`upload?name=${name}`, {
    method: 'PUT',
    body: new Uint8Array(bytes),
    headers: { 'idempotency-key': key },
    signal: AbortSignal.timeout(30_000),
  });
}
