import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect } from '@jest/globals';
import * as v from 'valibot';
import { settle } from '../chaos/settle.ts';
import type { Accepted } from '../invariants/census.ts';
import { judge } from '../invariants/judge.ts';
import { takeCensus } from '../invariants/take-census.ts';
import { readJson, writeAtomically } from '../stack/files.ts';
import { takeAnswers } from './connector.ts';
import { ffmpegsOf, processOf } from './processes.ts';
import { heal } from './proxies.ts';
import { secretsOfPeople, service } from './service.ts';

/** Jobs whose mails a fault spoiled; it shows to all tests that come after, in any file. */
const excusedFile = join(service.root, 'excused.json');

function excused(more: readonly string[]): readonly string[] {
  const known = v.fallback(v.array(v.string()), []);
  const all = [...v.parse(known, readJson(excusedFile)), ...more];
  writeAtomically(excusedFile, JSON.stringify(all));
  return all;
}

/** What is allowed after some faults. */
interface Leniency {
  readonly copiesAllowed?: 1 | 2;
  readonly withinSeconds?: number;
  /** Jobs whose mail the server refuses for good. */
  readonly failedMails?: readonly string[];
  /** How long the last of a backlog may wait for its answer, when all of it arrives at once. */
  readonly answerSeconds?: number;
  /** Functions that the fault killed, paused or put out of reach: their answers are not judged. */
  readonly struck?: readonly string[];
}

// What was answered in another test was judged there.
beforeEach(async () => {
  await takeAnswers();
});

/** How much longer everything takes because the processors have more to do than they can. */
function slowness(): number {
  const [busy = 0] = loadavg();
  return Math.max(1, busy / availableParallelism());
}

/**
 * Ends all faults, waits until it is quiet and checks every promise on everything that is there.
 * `accepted` is what was answered with a 2xx, and how it must have ended.
 */
export async function everyPromiseHolds(
  accepted: readonly Accepted[],
  leniency: Leniency = {},
): Promise<void> {
  const { copiesAllowed = 1, withinSeconds = 240, failedMails = [], struck = [] } = leniency;
  const answerFactor = slowness() * (leniency.answerSeconds ?? 1);
  await heal();
  await settle(service, withinSeconds, () => undefined);
  const worker = processOf('convert');
  const answers = await takeAnswers();
  const census = await takeCensus({
    ...service,
    ffmpegs: () => ffmpegsOf(worker).map(({ pid }) => pid),
    // The receipt was compared with the source; who doubts it decodes (chaos does).
    soundSeconds: () => Promise.resolve(undefined),
    secrets: secretsOfPeople,
    answers: answers
      .filter(({ functionName }) => !struck.includes(functionName))
      .map((answer) => ({ ...answer, tookMs: answer.tookMs / answerFactor })),
  });
  const spoiled = excused(failedMails);
  const violations = judge({ census, accepted, copiesAllowed }).filter(
    ({ invariant, about }) => invariant !== 'I8' || !spoiled.includes(about),
  );
  expect(violations).toEqual([]);
  if (copiesAllowed > 1) excused(accepted.map(({ jobId }) => jobId));
}
