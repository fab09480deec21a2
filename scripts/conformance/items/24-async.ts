import { setTimeout as sleep } from 'node:timers/promises';

import type { Answer } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Item } from '../item.ts';
import type { Probe } from '../probe.ts';
import type { Site } from '../site.ts';
import { isSoWithin } from '../until.ts';

const LARGEST = 256_000;
const SLOW_MS = 1_000;
const QUEUED_WITHIN_MS = 20_000;

export const asyncCalls: Item = {
  title: 'Async calls are 202 with a call id, one at a time, never retried, or are switched off',
  check: async ({ site, findings, siteWith }) => {
    const answer = await post(site, 'conformance-24-nobody');
    if (siteWith !== undefined) {
      findings.equal('off is 404', answer.status, 404);
      await checkQueue(await siteWith({ hasAsync: true }), findings);
    } else if (answer.status === 404) {
      findings.equal('off is 404', answer.status, 404);
      findings.unseen('202, limits, callback, one worker', 'needs an installation with NATS');
    } else await checkQueue(site, findings);
  },
};

function post(site: Site, path: string, body = 'x', headers = {}): Promise<Answer> {
  return site.call(`/async-function/${path}`, { method: 'POST', headers, body });
}

async function checkQueue(site: Site, findings: Findings): Promise<void> {
  const { status, text, headers } = await post(site, 'conformance-24-nobody');
  findings.equal('an unknown function is taken, too', [status, text], [202, '']);
  findings.matches('X-Call-Id', headers['x-call-id'], /^[\da-f-]{36}$/u);
  findings.matches('X-Start-Time', headers['x-start-time'], /^\d{19}$/u);
  const ofSize = async (bytes: number) => {
    return (await post(site, 'conformance-24-nobody', 'x'.repeat(bytes))).status;
  };
  findings.equal('256 000 bytes are taken', await ofSize(LARGEST), 202);
  findings.equal('one byte more is not', await ofSize(LARGEST + 1), 500);
  const badly = await post(site, 'conformance-24', 'x', { 'x-callback-url': 'http://bad:port/' });
  findings.equal('a callback that is no URL', badly.status, 400);

  const probe = await site.deploy('conformance-24');
  await checkCalls(site, probe, findings);
  await checkCallback(site, probe, findings);
}

async function checkCalls(site: Site, probe: Probe, findings: Findings): Promise<void> {
  await probe.follow({ statuses: [500, 200], ms: SLOW_MS });
  const headers = { 'content-type': 'text/plain', 'x-own': 'kept' };
  await post(site, `${probe.name}/?a=1`, 'first', headers);
  await post(site, probe.name, 'second');
  const count = async () => (await probe.calls()).filter(({ endedMs }) => endedMs).length;
  await isSoWithin(QUEUED_WITHIN_MS, async () => (await count()) >= 2);
  await sleep(1.5 * SLOW_MS);
  const calls = await probe.calls();
  const bodies = calls.map(({ body }) => body.toString());
  findings.equal('each is called once, whatever the status', bodies, ['first', 'second']);
  const [first, second] = calls;
  const { method, url, headers: arrived = {} } = first ?? {};
  const seen = [method, url, arrived['x-own'], arrived['content-type']];
  findings.equal('with headers and query', seen, ['POST', '/?a=1', 'kept', 'text/plain']);
  const isInTurn = Number(second?.begunMs) >= Number(first?.endedMs);
  findings.holds('one after the other', isInTurn, [first?.endedMs, second?.begunMs]);
}

/** The answer of one async call goes to the probe's own `/`, through the gateway. */
async function checkCallback(site: Site, probe: Probe, findings: Findings): Promise<void> {
  await probe.follow({});
  const headers = { 'x-callback-url': callbackUrl(site, probe) };
  const { headers: answered } = await post(site, `${probe.name}/status?code=418`, '', headers);
  const isCalled = await isSoWithin(QUEUED_WITHIN_MS, async () => (await probe.calls()).length > 0);
  const [call] = await probe.calls();
  if (!isCalled && site.installation.processesFile === undefined) {
    findings.unseen('the callback', `needs ${headers['x-callback-url']} to lead to the gateway`);
    return;
  }
  const seen = call?.headers ?? {};
  findings.equal('callback: body', call?.body.toString(), 'of the probe\n');
  findings.equal('callback: X-Function-Status', seen['x-function-status'], '418');
  findings.equal('callback: X-Function-Name', seen['x-function-name'], probe.name);
  findings.equal('callback: X-Call-Id', seen['x-call-id'], answered['x-call-id']);
  findings.matches('callback: X-Duration-Seconds', seen['x-duration-seconds'], /^\d+(?:\.\d+)?$/u);
}

/** A gateway that is asked on this machine may be one of processes; else the name inside. */
function callbackUrl(site: Site, probe: Probe): string {
  const { hostname } = new URL(site.installation.gatewayUrl);
  if (hostname === '127.0.0.1' || hostname === 'localhost') return probe.url;
  const inside = site.isKubernetes ? 'gateway.openfaas' : 'gateway';
  return `http://${inside}:8080/function/${probe.name}`;
}
