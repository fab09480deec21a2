import type { Item } from '../item.ts';
import { isSoWithin } from '../until.ts';

const RESTARTED_WITHIN_MS = 40_000;

export const exits: Item = {
  title:
    'A process that exits non-zero is started again; exit 0 leaves a healthy one answering 500',
  check: async ({ site, findings, doing }) => {
    const probe = await site.deploy('conformance-15');
    const before = await probe.boot();
    doing('waiting for a new process');
    await probe.call('/exit?code=3').catch(() => undefined);
    const isNew = async () => {
      const boot = await probe.boot().catch(() => '');
      return boot !== '' && boot !== before;
    };
    const isRestarted = await isSoWithin(RESTARTED_WITHIN_MS, isNew);
    findings.holds('exit 3: a new process answers', isRestarted, 'none');

    await probe.call('/exit?code=0').catch(() => undefined);
    await isSoWithin(5_000, async () => (await probe.call('/info')).status === 500);
    const statuses = [await probe.call('/info'), await probe.call('/_/health')];
    const seen = statuses.map(({ status }) => status);
    findings.equal('exit 0: calls 500, /_/health 200', seen, [500, 200]);
  },
};
