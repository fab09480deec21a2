/**
 * The function every item calls: one path per behaviour, and a memory of what happened to it, so
 * that a caller learns from outside what the function saw.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

const HOUR_MS = 3_600_000;
const CALLS_KEPT = 200;
/** Tells one start of the process from the next. */
const boot = randomUUID();
const events = [];
const stopped = Promise.withResolvers();
/** What was sent to `/`, and how it is answered: see /script. */
let calls = [];
let script = { statuses: [], ms: 0 };
/** Calls of `/` that take their time. */
const waiting = new Set();

function sendJson(res, value) {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(value));
}

function note(what) {
  events.push(what);
  console.log(what);
}

/** Notes how a call that takes its time ends. */
function watch(res, name) {
  note(`${name} begins`);
  res.once('close', () => note(`${name} ${res.writableFinished ? 'ended' : 'was left'}`));
}

const seenOf = ({ method, url, headers }) => ({ method, url, headers });

async function recordCall(req, res) {
  const call = { ...seenOf(req), begunMs: Date.now() };
  calls = [...calls, call].slice(-CALLS_KEPT);
  const status = script.statuses.shift() ?? 200;
  const { ms } = script;
  call.body = Buffer.concat(await req.toArray()).toString('base64');
  await pause(ms, res);
  call.endedMs = Date.now();
  res.statusCode = status;
  sendJson(res, call);
}

/** Ends early when the caller leaves, and when nobody is to wait any longer. */
async function pause(ms, res) {
  const { promise, resolve } = Promise.withResolvers();
  const timer = setTimeout(resolve, ms);
  res.once('close', resolve);
  waiting.add(resolve);
  await promise;
  clearTimeout(timer);
  waiting.delete(resolve);
}

function endPauses() {
  for (const resolve of waiting) resolve();
}

function spawnGrandchild() {
  return spawn(process.execPath, ['-e', `setTimeout(() => {}, ${HOUR_MS})`], { stdio: 'ignore' });
}

const paths = {
  '/': recordCall,
  '/script': (_req, res, query) => {
    endPauses();
    calls = [];
    const statuses = query.get('statuses')?.split(',').map(Number) ?? [];
    script = { statuses, ms: Number(query.get('ms') ?? 0) };
    res.end();
  },
  '/calls': (_req, res) => sendJson(res, calls),
  '/events': (_req, res) => sendJson(res, events),
  '/env': (_req, res) => sendJson(res, { boot, env: process.env }),
  '/echo': (req, res) => req.pipe(res),
  '/count': async (req, res) => {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    res.end(`${bytes}\n`);
  },
  '/slow': async (_req, res, query) => {
    watch(res, `slow ${query.get('key')}`);
    await sleep(Number(query.get('ms')));
    res.end('done\n');
  },
  '/tear': async (_req, res, query) => {
    if (query.has('length')) res.setHeader('Content-Length', query.get('length'));
    res.write('x'.repeat(Number(query.get('first'))));
    await sleep(Number(query.get('ms')));
    res.end();
  },
  '/status': (req, res, query) => {
    req.resume().once('end', () => res.writeHead(Number(query.get('code'))).end('of the probe\n'));
  },
  '/secret': (_req, res, query) => {
    const folder = process.env.OPENFAAS_SECRETS_DIR ?? '/var/openfaas/secrets';
    const path = `${folder}/${query.get('name')}`;
    sendJson(res, { path, base64: readFileSync(path, 'base64') });
  },
  '/say': (_req, res, query) => {
    console.log(query.get('text'));
    res.end();
  },
  '/exit': (_req, _res, query) => process.exit(Number(query.get('code'))),
  '/grandchild': (_req, res) => sendJson(res, { pid: spawnGrandchild().pid }),
  '/until-stopped': async (_req, res, query) => {
    watch(res, 'until-stopped');
    await stopped.promise;
    await sleep(Number(query.get('ms')));
    res.end('was told to stop\n');
  },
};

export const handler = {
  async ready() {},
  async handle(req, res) {
    const { pathname, searchParams } = new URL(req.url, 'http://function');
    if (pathname.startsWith('/info')) sendJson(res, seenOf(req));
    else if (!(pathname in paths)) res.writeHead(404).end();
    else await paths[pathname](req, res, searchParams);
  },
  stop() {
    note('is told to stop');
    endPauses();
    stopped.resolve();
  },
  async drain() {
    if (process.env.never_drains !== undefined) await sleep(HOUR_MS);
  },
};
