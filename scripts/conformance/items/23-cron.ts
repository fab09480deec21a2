import { setTimeout as sleep } from 'node:timers/promises';

import type { Findings } from '../findings.ts';
import type { Context, Item } from '../item.ts';
import type { Probe, RecordedCall } from '../probe.ts';
import { isSoWithin } from '../until.ts';

/** The chart's rebuild interval is 30 s. */
const CALLED_WITHIN_MS = 45_000;
/** Long after the probe is ready. */
const OWN_REBUILD = '5s';
const OWN_WAIT_MS = 3_000;
const WATCHED_MS = 4_500;
/** Calls of `@every 1s` in that time, and one more on either side. */
const MOST_CALLS = 6;

export const cron: Item = {
  title: 'The cron connector sends empty POSTs with its two headers, may overlap, retries nothing',
  check: async (context) => {
    const { findings, doing, siteWith } = context;
    const site = (await siteWith?.({ cronRebuild: OWN_REBUILD })) ?? context.site;
    const annotations = { topic: 'cron-function', schedule: '@every 1s' };
    const probe = await site.deploy('conformance-23', { annotations });
    const deployedAt = performance.now();
    doing('waiting for the cron connector');
    const isCalled = await isSoWithin(
      CALLED_WITHIN_MS,
      async () => (await probe.calls()).length > 0,
    );
    const waitedMs = performance.now() - deployedAt;
    if (!isCalled && siteWith === undefined) {
      findings.unseen('calls', 'needs a cron-connector, and none called within 45 s');
      return;
    }
    checkLoad(context, waitedMs);
    checkCall(findings, (await probe.calls())[0]);
    await checkOverlap(findings, probe);
    await checkNoRetry(findings, probe);
  },
};

/** The schedule alone would have it called within a second or two. */
function checkLoad({ siteWith, findings }: Context, waitedMs: number): void {
  const rule = 'a schedule begins when the list of functions is loaded next';
  if (siteWith === undefined) findings.unseen(rule, "needs to know the connector's interval");
  else findings.holds(rule, waitedMs > OWN_WAIT_MS, `called after ${waitedMs} ms`);
}

function checkCall(findings: Findings, call: RecordedCall | undefined): void {
  const { method, body, headers = {} } = call ?? {};
  findings.equal('an empty POST', [method, body?.length], ['POST', 0]);
  const marks = [headers['x-topic'], headers['x-connector']];
  findings.equal('X-Topic and X-Connector', marks, ['cron-function', 'cron-connector']);
  const others = [headers['authorization'], headers['content-type']];
  findings.equal('no credentials, no type', others, [undefined, undefined]);
}

async function checkOverlap(findings: Findings, probe: Probe): Promise<void> {
  await probe.follow({ ms: 2_500 });
  await sleep(WATCHED_MS);
  const [first, second] = await probe.calls();
  const isOverlapping =
    first !== undefined &&
    second !== undefined &&
    second.begunMs < (first.endedMs ?? Number.POSITIVE_INFINITY);
  findings.holds('a call does not wait for the one before', isOverlapping, [first, second]);
}

async function checkNoRetry(findings: Findings, probe: Probe): Promise<void> {
  await probe.follow({ statuses: Array.from({ length: 50 }, () => 500) });
  await sleep(WATCHED_MS);
  const count = (await probe.calls()).length;
  findings.holds('calls go on after a failure', count > 1, count);
  findings.holds('and none is repeated', count <= MOST_CALLS, `${count} in ${WATCHED_MS} ms`);
}
