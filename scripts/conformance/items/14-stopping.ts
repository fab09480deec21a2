import { setTimeout as sleep } from 'node:timers/promises';

import { exchange, objectOf } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import { isAlive, processesOf } from '../host.ts';
import type { Item } from '../item.ts';
import type { Probe } from '../probe.ts';
import type { Site } from '../site.ts';
import { isSoWithin } from '../until.ts';

const SOON_MS = 1_500;
const IN_FLIGHT_MS = 2_000;
/** A platform's own grace is longer than the drain of these probes, which is 1 s and 3 s. */
const GONE_WITHIN_MS = 15_000;

export const stopping: Item = {
  title: 'SIGTERM reaches the process at once, what is in flight ends, then the group is killed',
  check: async ({ site, findings }) => {
    const { processesFile } = site.installation;
    const name = 'conformance-14';
    const envVars = { healthcheck_interval: '1s', write_timeout: '5s', exec_timeout: '5s' };
    const probe = await site.deploy(name, { envVars });
    const port = processesFile && processesOf(processesFile, name)[0]?.watchdogPort;
    const told = probe
      .call('/until-stopped?ms=0')
      .then((answer) => ({ answer, at: performance.now() }));
    const inFlight = probe.call(`/until-stopped?ms=${IN_FLIGHT_MS}`);
    await sleep(500);
    const begun = performance.now();
    const removed = probe.remove();
    if (port === undefined || port === '') unseen(findings);
    else await checkDraining(findings, port);
    const { answer, at } = await told;
    const ms = at - begun;
    findings.equal('a call in flight that SIGTERM ends', answer.status, 200);
    findings.holds('SIGTERM comes at once', ms < SOON_MS, `${ms} ms`);
    const { status, text } = await inFlight;
    findings.equal('a call in flight ends', [status, text], [200, 'was told to stop\n']);
    await removed;
    if (processesFile !== undefined) await checkKilled(site, findings, processesFile);
  },
};

function unseen(findings: Findings): void {
  const needs = 'needs --processes: the gateway does not show a function that stops';
  findings.unseen('health is 503 and requests are still taken for healthcheck_interval', needs);
  findings.unseen(
    'the process group is killed after healthcheck_interval and write_timeout',
    needs,
  );
}

/** Asks the watchdog itself. */
async function checkDraining(findings: Findings, port: number): Promise<void> {
  const at = (path: string) => exchange(`http://127.0.0.1:${port}${path}`);
  const isUnhealthy = async () => (await at('/_/health')).status === 503;
  findings.holds('/_/health turns 503', await isSoWithin(SOON_MS, isUnhealthy), 'not 503');
  const answer = await at('/info').catch(String);
  findings.holds('a new request is still taken', typeof answer === 'object', answer);
}

async function checkKilled(site: Site, findings: Findings, file: string): Promise<void> {
  const name = 'conformance-14-stubborn';
  const envVars = { healthcheck_interval: '1s', write_timeout: '3s', never_drains: 'yes' };
  const probe = await site.deploy(name, { envVars });
  const own = processesOf(file, name).map(({ pid }) => pid);
  const pids = [...own, await grandchildOf(probe)];
  const begun = performance.now();
  const removed = probe.remove();
  await sleep(SOON_MS / 3);
  // faasd sends SIGTERM to all processes, Kubernetes to the first.
  const spared = site.isKubernetes ? pids : own;
  findings.holds('nothing is killed before', spared.every(isAlive), spared);
  const areGone = await isSoWithin(GONE_WITHIN_MS, () => !pids.some(isAlive));
  const ms = performance.now() - begun;
  findings.holds('a process that does not end is killed with its children', areGone, pids);
  findings.holds('after healthcheck_interval', ms > 900, `${ms} ms`);
  await removed;
}

async function grandchildOf(probe: Probe): Promise<number> {
  return Number(objectOf(await probe.call('/grandchild'))['pid']);
}
