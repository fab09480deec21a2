import { stringListOf, stringMapOf, type JsonObject } from '../../emulator/json.ts';
import { exchange } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Context, Item } from '../item.ts';
import type { Site } from '../site.ts';
import { isSoWithin } from '../until.ts';

const NAME = 'conformance-05';
const SECRET = 'conformance-05-secret';
const CALLS = 3;
/** Prometheus scrapes first. */
const COUNTED_WITHIN_MS = 20_000;

export const describe: Item = {
  title: 'List and describe show a function as it was sent, its replicas and its invocations',
  check: async ({ site, findings, doing }) => {
    const sent = await deploy(site);
    compareAll(findings, await site.describe(NAME), { site, sent, from: 'describe' });
    const listed = () => site.list().then((all) => all.find(({ name }) => name === NAME));
    compareAll(findings, await listed(), { site, sent, from: 'list' });
    const { availableReplicas } = (await site.describe(NAME)) ?? {};
    findings.equal('describe: availableReplicas', availableReplicas, 1);

    doing('waiting for calls to be counted');
    const count = async () => Number((await listed())?.['invocationCount'] ?? 0);
    const before = await count();
    for (let call = 0; call < CALLS; call += 1) await site.call(`/function/${NAME}/info`);
    await site.call(`/function/${NAME}.openfaas-fn/info`);
    const wanted = before + CALLS + 1;
    await isSoWithin(COUNTED_WITHIN_MS, async () => (await count()) >= wanted);
    findings.equal('list: invocationCount', await count(), wanted);
    await checkMetrics({ site, findings });
  },
};

async function deploy(site: Site): Promise<JsonObject> {
  site.later(async () => {
    await site.system('DELETE', 'secrets', { name: SECRET });
  });
  await site.system('POST', 'secrets', { name: SECRET, value: 'x' });
  const sent = {
    envVars: { one: '1', two: 'a b' },
    labels: { 'conformance-label': 'kept' },
    annotations: { 'conformance-note': 'kept, too' },
    secrets: [SECRET],
    limits: { memory: '256Mi' },
  };
  await site.deploy(NAME, sent);
  return { ...sent, image: site.installation.image };
}

interface Comparison {
  readonly site: Site;
  readonly sent: JsonObject;
  readonly from: 'list' | 'describe';
}

function compareAll(
  findings: Findings,
  status: JsonObject | undefined,
  { site, sent, from }: Comparison,
): void {
  findings.equal(`${from}: namespace`, status?.['namespace'], 'openfaas-fn');
  findings.equal(`${from}: replicas`, status?.['replicas'], 1);
  findings.matches(`${from}: createdAt`, status?.['createdAt'], /^\d{4}-\d\d-\d\dT/u);
  for (const name of ['image', 'labels', 'annotations', 'limits']) {
    const seen = status?.[name];
    findings.holds(`${from}: ${name} as sent`, contains(seen, sent[name]), seen);
  }
  findings.equal(`${from}: secrets`, stringListOf(status?.['secrets']), sent['secrets']);
  // faas-netes leaves them out of its answers.
  const isLeftOut = site.isKubernetes && status?.['envVars'] === undefined;
  if (!isLeftOut) findings.equal(`${from}: envVars`, status?.['envVars'], sent['envVars']);
}

/** Providers add labels and annotations of their own. */
function contains(seen: unknown, sent: unknown): boolean {
  if (typeof sent === 'string') return seen === sent;
  const map = stringMapOf(seen);
  return Object.entries(stringMapOf(sent)).every(([name, value]) => map[name] === value);
}

async function checkMetrics({ site, findings }: Pick<Context, 'site' | 'findings'>): Promise<void> {
  const { status } = await site.call('/metrics');
  findings.equal('the gateway port has no /metrics', status, 404);
  const rule = 'metrics count calls by name.namespace';
  const { metricsUrl } = site.installation;
  if (metricsUrl === undefined) {
    findings.unseen(rule, 'needs --metrics-url');
    return;
  }
  const { text } = await exchange(metricsUrl);
  const line = text
    .split('\n')
    .find((one) => one.startsWith('gateway_function_invocation_total') && one.includes(NAME));
  findings.matches(rule, line, new RegExp(`function_name="${NAME}\\.openfaas-fn".*\\} [1-9]`, 'u'));
}
