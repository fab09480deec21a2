import { expect } from '@jest/globals';
import { settle } from '../chaos/settle.ts';
import type { Accepted } from '../invariants/census.ts';
import { judge } from '../invariants/judge.ts';
import { takeCensus } from '../invariants/take-census.ts';
import { ffmpegsOf, processOf } from './processes.ts';
import { heal } from './proxies.ts';
import { service } from './service.ts';

/** They stay failed for all the tests that come. */
const refused = new Set<string>();

/** What is allowed after some faults. */
interface Leniency {
  readonly copiesAllowed?: 1 | 2;
  readonly withinSeconds?: number;
  /** Jobs whose mail the server refuses for good. */
  readonly failedMails?: readonly string[];
}

/**
 * Ends all faults, waits until it is quiet and checks every promise on everything that is there.
 * `accepted` is what was answered with a 2xx, and how it must have ended.
 */
export async function everyPromiseHolds(
  accepted: readonly Accepted[],
  { copiesAllowed = 1, withinSeconds = 90, failedMails = [] }: Leniency = {},
): Promise<void> {
  await heal();
  await settle(service, withinSeconds, () => undefined);
  const worker = await processOf('convert');
  const census = await takeCensus({
    ...service,
    ffmpegs: () => ffmpegsOf(worker).map(({ pid }) => pid),
    // The receipt was compared with the source; who doubts it decodes (chaos does).
    soundSeconds: () => Promise.resolve(undefined),
  });
  for (const jobId of failedMails) refused.add(jobId);
  const violations = judge({ census, accepted, copiesAllowed });
  expect(
    violations.filter(({ invariant, about }) => !(invariant === 'I8' && refused.has(about))),
  ).toEqual([]);
}
