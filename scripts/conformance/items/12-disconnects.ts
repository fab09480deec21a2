import type { Item } from '../item.ts';

const WITHIN_MS = 1_000;

export const disconnects: Item = {
  title: "A client that leaves closes the function's connection within a second",
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-12');
    for (const method of ['GET', 'POST']) {
      const body = method === 'POST' ? { body: 'sent whole' } : {};
      const { request } = probe.open(`/slow?key=${method}&ms=20000`, { method, ...body });
      await probe.saw(`slow ${method} begins`);
      request.destroy();
      const left = performance.now();
      await probe.saw(`slow ${method} was left`, 5_000);
      const ms = performance.now() - left;
      findings.holds(`${method}: within a second`, ms < WITHIN_MS, `${ms} ms`);
    }
    const events = await probe.events();
    const isEnded = events.includes('slow GET ended');
    findings.holds('the call does not end otherwise', !isEnded, events);
  },
};
