import { parseJsonObject, type JsonObject } from '../../emulator/json.ts';
import { openCall } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Context, Item } from '../item.ts';
import type { Site } from '../site.ts';
import { isSoWithin, until } from '../until.ts';

const NAME = 'conformance-19';
const LIVE_WITHIN_MS = 5_000;
const OWN_WRITE_TIMEOUT = '3s';
const OWN_WRITE_TIMEOUT_MS = 3_000;

export const logs: Item = {
  title: 'Logs are NDJSON, live with follow, cut by tail and since, ended by write_timeout',
  check: async (context) => {
    const { site, findings } = context;
    const probe = await site.deploy(NAME);
    const say = (text: string) => probe.call(`/say?text=${text}`);
    await say('one');
    await say('two');
    const at = async (query: string) => linesOf(await read(site, query));
    await until('lines to be logged', async () => hasText(await at('tail=-1'), 'two'));
    const all = await at('tail=-1');
    findings.holds('every line has its members', all.every(isEntry), all);
    findings.equal('tail=1 is one line', (await at('tail=1')).length, 1);
    const later = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
    findings.equal('since is honoured', await at(`since=${later}`), []);

    await checkFollow(site, findings, () => say('three'));
    await checkCut(context);
  },
};

async function read(site: Site, query: string): Promise<string> {
  return (await site.system('GET', `logs?name=${NAME}&follow=false&${query}`)).text;
}

function linesOf(text: string): JsonObject[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => parseJsonObject(line) ?? {});
}

function hasText(lines: readonly JsonObject[], wanted: string): boolean {
  return lines.some(({ text }) => String(text).includes(wanted));
}

function isEntry(line: JsonObject): boolean {
  const texts = ['instance', 'timestamp', 'text'].map((name) => typeof line[name] === 'string');
  return texts.every(Boolean) && line['name'] === NAME && line['namespace'] === 'openfaas-fn';
}

async function follow(site: Site) {
  const url = `${site.installation.gatewayUrl}/system/logs?name=${NAME}&follow=true&tail=-1`;
  const { authorization } = site;
  const { request, response } = openCall(url, { headers: { authorization } });
  const answer = await response;
  const state = { text: '', isOver: false };
  answer.on('data', (chunk: Buffer) => void (state.text += chunk.toString()));
  answer.on('error', () => undefined).once('close', () => void (state.isOver = true));
  return { state, type: answer.headers['content-type'], leave: () => request.destroy() };
}

async function checkFollow(
  site: Site,
  findings: Findings,
  say: () => Promise<unknown>,
): Promise<void> {
  const { state, type, leave } = await follow(site);
  findings.equal('the type', type, 'application/x-ndjson');
  await say();
  const isLive = () => hasText(linesOf(state.text), 'three');
  findings.holds('a line arrives live', await isSoWithin(LIVE_WITHIN_MS, isLive), state.text);
  findings.equal('and the stream goes on', state.isOver, false);
  leave();
}

async function checkCut({ siteWith, findings, doing }: Context): Promise<void> {
  const rule = 'the stream ends at write_timeout';
  if (siteWith === undefined) {
    findings.unseen(rule, 'needs an installation whose write_timeout the suite sets');
    return;
  }
  doing('waiting for write_timeout');
  const site = await siteWith({ writeTimeout: OWN_WRITE_TIMEOUT });
  await site.deploy(NAME);
  const begun = performance.now();
  const { state, leave } = await follow(site);
  await isSoWithin(2 * OWN_WRITE_TIMEOUT_MS, () => state.isOver);
  const ms = performance.now() - begun;
  const isInTime = state.isOver && Math.abs(ms - OWN_WRITE_TIMEOUT_MS) < 1_500;
  findings.holds(rule, isInTime, `${ms} ms`);
  leave();
}
