import { setTimeout as sleep } from 'node:timers/promises';

import type { Findings } from '../findings.ts';
import { controlUrlOf } from '../host.ts';
import type { Broker } from '../installation.ts';
import type { Context, Item } from '../item.ts';
import type { Probe, RecordedCall } from '../probe.ts';
import { openQueue, type Queue } from '../queue.ts';
import type { Site } from '../site.ts';
import { isSoWithin, until } from '../until.ts';
import { checkCrawlFailure, checkSwitches } from './22-rabbitmq-flaws.ts';

const NAME = 'conformance-22';
const MAPPED_WITHIN_MS = 50_000;
/** The connector's own default, and some more. */
const FOREIGN_REFRESH_MS = 35_000;
const OWN_REFRESH_MS = 2_500;
const TIMEOUT_MS = 60_000;
const SETTLED_MS = 700;
const LONG = { exec_timeout: '3m', read_timeout: '3m', write_timeout: '3m' };
const PROPERTIES = {
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  messageId: 'of-conformance',
  headers: { 'x-own': 'of-conformance' },
};

export const rabbitMq: Item = {
  title: 'The RabbitMQ connector posts bytes and credentials, acknowledges 200 and the unmapped',
  check: async (context) => {
    const { siteWith, findings, doing } = context;
    if (context.broker === undefined) {
      findings.unseen('all of it', 'needs --amqp-url, and a connector that listens to --topic');
      return;
    }
    const { site, probe, queue, broker } = await deployMapped(context, context.broker);
    findings.holds('the queue has no arguments', await queue.isPlain(), queue.name);
    await checkCall(site, findings, { probe, queue });
    await checkAcknowledgements(findings, probe, queue);
    doing(`waiting for the connector's 60 s`);
    await checkTimeout(findings, probe, queue);
    const controlUrl = siteWith && controlUrlOf(site.installation.processesFile ?? '');
    if (controlUrl === undefined) {
      const needs = "needs the switches of the emulator's connector";
      findings.unseen('a list of functions that fails empties the map', needs);
    } else {
      await checkCrawlFailure(findings, { probe, queue, controlUrl });
      await checkSwitches(findings, controlUrl);
    }
    doing('waiting for the connector to forget the function');
    const refreshMs = siteWith === undefined ? FOREIGN_REFRESH_MS : OWN_REFRESH_MS;
    await checkUnmapped(findings, { site, probe, queue, broker, refreshMs });
  },
};

interface Listening {
  readonly site: Site;
  readonly probe: Probe;
  readonly queue: Queue;
  readonly broker: Broker;
}

/** A probe that the topic is mapped to; nothing is left on the way to it. */
async function deployMapped(
  { site: foreign, siteWith }: Context,
  given: Broker,
): Promise<Listening> {
  // An own connector has an exchange of its own: two runs do not disturb each other.
  const own = { ...given, exchange: `${given.exchange}-${process.pid}` };
  const broker = siteWith === undefined ? given : own;
  const site = (await siteWith?.({ broker })) ?? foreign;
  const probe = await deployListener(site, broker);
  const queue = await openQueue(broker, MAPPED_WITHIN_MS);
  site.later(async () => {
    if (siteWith !== undefined) await queue.remove();
    await queue.close();
  });
  await untilHeard(probe, queue);
  await sleep(SETTLED_MS);
  await probe.follow({});
  return { site, probe, queue, broker };
}

function deployListener(site: Site, { topic }: Broker): Promise<Probe> {
  return site.deploy(NAME, { envVars: LONG, annotations: { topic } });
}

async function untilHeard(probe: Probe, queue: Queue): Promise<void> {
  const isHeard = async () => {
    queue.publish('are you there');
    await sleep(SETTLED_MS);
    return (await probe.calls()).length > 0;
  };
  await until('a message of the topic to arrive', isHeard, MAPPED_WITHIN_MS);
}

async function nextCall(probe: Probe): Promise<RecordedCall | undefined> {
  await isSoWithin(10_000, async () => (await probe.calls()).length > 0);
  return (await probe.calls())[0];
}

interface Wire {
  readonly probe: Probe;
  readonly queue: Queue;
}

async function checkCall(site: Site, findings: Findings, { probe, queue }: Wire): Promise<void> {
  queue.publish('{"a":1}', PROPERTIES);
  const { method, url, body, headers = {} } = (await nextCall(probe)) ?? {};
  findings.equal('a POST of the bytes', [method, url, body?.toString()], ['POST', '/', '{"a":1}']);
  const seen = ['content-type', 'content-encoding', 'user-agent'].map((name) => headers[name]);
  const expected = ['application/json', 'utf-8', 'OpenFaaS - Rabbit MQ Connector'];
  findings.equal('type and encoding of the message, the User-Agent', seen, expected);
  findings.equal("the gateway's credentials", headers['authorization'], site.authorization);
  const told = Object.keys(headers).filter((name) => /topic|connector|rabbit|x-own/u.test(name));
  findings.equal('no topic, no id, no header of the message', told, []);
  const values = Object.values(headers).filter((value) => value === 'of-conformance');
  findings.equal('in no header', values, []);

  await probe.follow({});
  queue.publish('untyped');
  const untyped = (await nextCall(probe))?.headers['content-type'];
  findings.equal('without a type', untyped, 'application/octet-stream');
}

async function checkAcknowledgements(
  findings: Findings,
  probe: Probe,
  queue: Queue,
): Promise<void> {
  const statuses = [500, 404, 429, 201, 202, 204, 200];
  await probe.follow({ statuses });
  queue.publish('again and again');
  const count = async () => (await probe.calls()).length;
  await isSoWithin(15_000, async () => (await count()) >= statuses.length);
  await sleep(SETTLED_MS);
  findings.equal(
    `only the last of ${statuses.join()} acknowledges`,
    await count(),
    statuses.length,
  );
  findings.equal('then the queue is empty', await queue.count(), 0);
}

async function checkTimeout(findings: Findings, probe: Probe, queue: Queue): Promise<void> {
  await probe.follow({ ms: TIMEOUT_MS + 20_000 });
  queue.publish('slow');
  await isSoWithin(TIMEOUT_MS + 8_000, async () => (await probe.calls()).length > 1);
  const [first, second] = await probe.calls();
  const ms = (second?.begunMs ?? 0) - (first?.begunMs ?? 0);
  const isExact = Math.abs(ms - TIMEOUT_MS) < 2_500;
  findings.holds('a call is given up after 60 s and delivered again', isExact, `${ms} ms`);
  await probe.follow({});
  await sleep(SETTLED_MS);
  await probe.follow({});
}

interface Unmapping extends Wire {
  readonly site: Site;
  readonly broker: Broker;
  readonly refreshMs: number;
}

async function checkUnmapped(findings: Findings, unmapping: Unmapping): Promise<void> {
  const { site, probe, queue, broker, refreshMs } = unmapping;
  await probe.remove();
  await sleep(refreshMs);
  queue.publish('for nobody');
  await isSoWithin(5_000, async () => (await queue.count()) === 0);
  const again = await deployListener(site, broker);
  await untilHeard(again, queue);
  const bodies = (await again.calls()).map(({ body }) => body.toString());
  const isUnheard = !bodies.includes('for nobody');
  findings.holds('a message without a function is acknowledged', isUnheard, bodies);
}
