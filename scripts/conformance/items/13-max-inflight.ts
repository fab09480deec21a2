import { setTimeout as sleep } from 'node:timers/promises';

import type { Item } from '../item.ts';

export const maxInflight: Item = {
  title: 'With max_inflight=N request N+1 is 429, and so is /_/ready; /_/health stays 200',
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-13', { envVars: { max_inflight: '2' } });
    const running = [1, 2].map((key) => probe.call(`/slow?key=${key}&ms=2500`));
    await sleep(700);
    const full = await probe.call('/info');
    const by = full.headers['x-openfaas-internal'];
    findings.equal('the third is refused', [full.status, by], [429, 'faas-middleware']);
    findings.matches('as text', full.headers['content-type'], /^text\/plain/u);
    findings.equal('/_/ready', (await probe.call('/_/ready')).status, 429);
    findings.equal('/_/health', (await probe.call('/_/health')).status, 200);
    const served = (await Promise.all(running)).map(({ status }) => status);
    findings.equal('the first two are served', served, [200, 200]);
    findings.equal('then there is room again', (await probe.call('/info')).status, 200);
  },
};
