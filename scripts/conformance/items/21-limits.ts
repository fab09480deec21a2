import type { Context, Item } from '../item.ts';
import type { Deployment } from '../probe.ts';
import type { Site } from '../site.ts';
import { isSoWithin } from '../until.ts';

const MAX_FUNCTIONS = 15;
const REFUSED: readonly (readonly [what: string, more: Partial<Deployment>])[] = [
  ['two topics in one annotation', { annotations: { topic: 'one,two' } }],
  ['a label for scale to zero', { labels: { 'com.openfaas.scale.zero': 'true' } }],
  ['a foreign namespace', { namespace: 'conformance' }],
];
const REPLICAS = [
  [3, 3],
  [99, 5],
  [0, 1],
] as const;

export const limits: Item = {
  title: 'The community edition takes 15 functions, one topic, one namespace, and 1 to 5 replicas',
  check: async (context) => {
    const { site, findings, doing } = context;
    for (const [index, [what, more]] of REFUSED.entries()) {
      const { status, drop } = await tryToDeploy(site, `conformance-21-refused-${index}`, more);
      findings.equal(what, status, 400);
      await drop();
    }
    await checkScale(context);
    doing('deploying up to the limit');
    await checkCount(context);
  },
};

async function tryToDeploy(site: Site, service: string, more: Partial<Deployment> = {}) {
  const drop = site.removeLater(service);
  const { status } = await site.system('POST', 'functions', site.prepare(service, more));
  return { status, drop };
}

async function checkScale({ site, findings }: Context): Promise<void> {
  const { name, remove } = await site.deploy('conformance-21-scaled');
  for (const [wanted, given] of REPLICAS) {
    const body = { serviceName: name, replicas: wanted };
    const { status } = await site.system('POST', `scale-function/${name}`, body);
    findings.equal(`scaling to ${wanted} is accepted`, status, site.accepted);
    // faasd runs one replica, whatever it is asked for.
    const expected = site.isKubernetes ? given : 1;
    const replicas = async () => (await site.describe(name))?.['replicas'];
    await isSoWithin(5_000, async () => (await replicas()) === expected);
    findings.equal(`scaling to ${wanted} gives ${expected}`, await replicas(), expected);
  }
  await remove();
}

async function checkCount({ site, findings }: Context): Promise<void> {
  const room = MAX_FUNCTIONS - (await site.list()).length;
  const drops: (() => Promise<void>)[] = [];
  for (let index = 1; index <= room; index += 1) {
    const { status, drop } = await tryToDeploy(site, `conformance-21-${index}`);
    drops.push(drop);
    if (status !== site.accepted)
      findings.equal(`function ${index} of ${room}`, status, site.accepted);
  }
  const { status, drop } = await tryToDeploy(site, 'conformance-21-over');
  findings.equal('function 16', status, 400);
  await Promise.all([...drops, drop].map((remove) => remove()));
}
