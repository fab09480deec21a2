import type { Answer } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Context, Item } from '../item.ts';
import type { Site } from '../site.ts';
import { unknownAnswerOf } from '../unknown-function.ts';
import { isSoWithin } from '../until.ts';

const UNKNOWN = 'conformance-10-nobody';
const OWN_UPSTREAM = '2s';

export const results: Item = {
  title: 'Unknown function 404 or 503, dead process 500, exec_timeout 504, upstream_timeout 502',
  check: async (context) => {
    const { site, findings, siteWith, doing } = context;
    const unknown = unknownAnswerOf(await site.call(`/function/${UNKNOWN}`), UNKNOWN);
    findings.holds('an unknown function is 404 or 503', unknown !== 'neither', unknown);
    await checkExecTimeout(site, findings);
    await checkDeadProcess(context);
    doing('waiting for upstream_timeout');
    if (siteWith === undefined) {
      const other = unknown === 'scaling' ? 'off' : 'on';
      const needs = `needs an installation with scale_from_zero ${other}`;
      findings.unseen('the other answer for an unknown function', needs);
      await checkUpstreamTimeout(site, findings);
      return;
    }
    const strict = await siteWith({ isScaleFromZero: false, upstreamTimeout: OWN_UPSTREAM });
    const answer = await strict.call(`/function/${UNKNOWN}`);
    const seen = unknownAnswerOf(answer, UNKNOWN);
    findings.equal('scale_from_zero on: unknown is 404', unknown, 'scaling');
    findings.equal('scale_from_zero off: unknown is 503', seen, 'not scaling');
    await checkUpstreamTimeout(strict, findings);
  },
};

function marksOf({ status, text, headers }: Answer) {
  const hasSeconds = headers['x-duration-seconds'] !== undefined;
  return { status, text, by: headers['x-openfaas-internal'], hasSeconds };
}

async function checkExecTimeout(site: Site, findings: Findings): Promise<void> {
  const probe = await site.deploy('conformance-10-hasty', { envVars: { exec_timeout: '1s' } });
  const seen = marksOf(await probe.call('/slow?key=late&ms=5000'));
  const expected = { status: 504, text: '', by: 'of-watchdog', hasSeconds: true };
  findings.equal('exec_timeout', seen, expected);
  await probe.remove();
}

async function checkDeadProcess({ site, findings }: Context): Promise<void> {
  const probe = await site.deploy('conformance-10-dead');
  const expected = { status: 500, text: '', by: 'of-watchdog', hasSeconds: true };
  const end = await probe.call('/exit?code=0');
  findings.equal('a process that dies in a call', marksOf(end), expected);
  const isDead = async () => (await probe.call('/info')).status === 500;
  await isSoWithin(5_000, isDead);
  findings.equal('a process that is dead', marksOf(await probe.call('/info')), expected);
  await probe.remove();
}

async function checkUpstreamTimeout(site: Site, findings: Findings): Promise<void> {
  const { upstreamTimeoutMs } = site.installation;
  if (upstreamTimeoutMs === undefined) {
    findings.unseen('upstream_timeout is 502', 'needs --upstream-timeout');
    return;
  }
  const env = { exec_timeout: '3m', read_timeout: '3m', write_timeout: '3m' };
  const probe = await site.deploy('conformance-10-slow', { envVars: env });
  const timeoutMs = upstreamTimeoutMs + 30_000;
  const { status, text } = await probe.call(`/slow?key=up&ms=${timeoutMs}`, { timeoutMs });
  findings.equal('upstream_timeout is 502 and empty', [status, text], [502, '']);
}
