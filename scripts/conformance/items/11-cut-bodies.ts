import type { Item } from '../item.ts';

const TEXT = 'x'.repeat(10);

export const cutBodies: Item = {
  title: 'A timeout after the head ends a chunked body cleanly and breaks one with Content-Length',
  check: async ({ site, findings }) => {
    const envVars = { exec_timeout: '1s', write_timeout: '10s' };
    const probe = await site.deploy('conformance-11', { envVars });
    const chunked = await probe.call('/tear?first=10&ms=4000');
    const seen = [chunked.status, chunked.text, chunked.isWhole];
    findings.equal('chunked looks whole', seen, [200, TEXT, true]);
    const declared = await probe.call('/tear?first=10&length=100&ms=4000').catch(() => undefined);
    findings.equal('Content-Length shows the cut', declared?.isWhole ?? false, false);
    for (const { totalMs } of [chunked, ...(declared === undefined ? [] : [declared])]) {
      findings.holds('exec_timeout counts from the start', totalMs < 3_500, `${totalMs} ms`);
    }
  },
};
