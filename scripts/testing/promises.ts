import { expect } from '@jest/globals';
import { settle } from '../chaos/settle.ts';
import type { Accepted } from '../invariants/census.ts';
import { judge } from '../invariants/judge.ts';
import { takeCensus } from '../invariants/take-census.ts';
import { ffmpegsOf, processOf } from './processes.ts';
import { heal } from './proxies.ts';
import { service } from './service.ts';

/**
 * Ends all faults, waits until it is quiet and checks every promise on everything that is there.
 * `accepted` is what was answered with a 2xx, and how it must have ended.
 */
export async function everyPromiseHolds(
  accepted: readonly Accepted[],
  { copiesAllowed = 1, withinSeconds = 90 }: { copiesAllowed?: 1 | 2; withinSeconds?: number } = {},
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
  expect(judge({ census, accepted, copiesAllowed })).toEqual([]);
}
