/**
 * Serves one bundle behind of-watchdog (mode http).
 *
 * Life: the bundle is imported → its ready() builds what it needs → GET /_/ready turns from 503
 * to 200 → requests are handled, streaming both ways → SIGTERM: stop() ends what only waits for
 * news, everything that still comes is served until nothing came for a while → no new connections,
 * requests in flight finish, drain() hands back background work → exit 0. A fault never exits 0:
 * of-watchdog would go on reporting a healthy function.
 *
 * Why serve after SIGTERM: a cluster tells its proxies of the end only when it tells us, and
 * of-watchdog goes on accepting for healthcheck_interval. What we refuse then is a 500 to somebody.
 *
 * The bundle exports `handler`: { ready(): Promise, handle(req, res): Promise, stop(): void,
 * drain(): Promise }.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

// Not imported: that would load a second HTTP client with it, 50 ms of a start.
const { createServer } = process.getBuiltinModule('node:http');
// What V8 made of the bundle is kept beside it for the next start. Where it cannot be written,
// it is made anew.
enableCompileCache(join(import.meta.dirname, '.compile-cache'));
const { handler } = await import('./function/index.mjs');

const READY_PATH = '/_/ready';
const { hostname, port } = new URL(process.env.upstream_url ?? 'http://127.0.0.1:3000');
/** After SIGTERM: how long nothing must come before no more is expected. */
const quietMs = Number(process.env.quiet_after_sigterm_ms ?? 1_000);
/** However much comes, drain() must begin before the platform's patience ends. */
const longestServingMs = 5 * quietMs;

let state = 'starting';
let lastRequestAt = 0;

const server = createServer(
  // Uploads may last for hours: deadlines are the watchdog's and the function's own.
  // Connections outlive the caller's idle time, else it writes into one that just closed.
  { requestTimeout: 0, keepAliveTimeout: 75_000 },
  (req, res) => {
    res.once('close', closeIdleWhenClosing);
    if (req.url === READY_PATH) {
      answerReady(res);
      return;
    }
    lastRequestAt = performance.now();
    if (state === 'starting') answer(res, 503, 'starting');
    else handler.handle(req, res).catch(crash);
  },
);

function answerReady(res) {
  if (state === 'ready') answer(res, 200, 'ready');
  else answer(res, 503, state);
}

function answer(res, status, text) {
  res.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`);
}

/** A kept-alive connection becomes idle only after its response closed. */
function closeIdleWhenClosing() {
  if (!server.listening) setImmediate(() => server.closeIdleConnections());
}

function crash(error) {
  console.error(error);
  process.exit(1);
}

async function start() {
  await handler.ready();
  if (state === 'starting') state = 'ready';
  flushCompileCache();
}

async function stop() {
  if (state === 'stopping') return;
  state = 'stopping';
  handler.stop();
  await noMoreComes();
  await new Promise((resolve) => server.close(resolve));
  await handler.drain();
  process.exit(0);
}

async function noMoreComes() {
  const began = performance.now();
  const left = () =>
    Math.min(Math.max(began, lastRequestAt) + quietMs, began + longestServingMs) -
    performance.now();
  while (left() > 0) await sleep(left());
}

process.on('SIGTERM', () => stop().catch(crash));
process.on('SIGINT', () => stop().catch(crash));

server.on('error', crash);
// Of-watchdog passes on at once whatever comes: none of it is to find the queue full.
server.listen({ port: Number(port), host: hostname, backlog: 4_096 }, () => start().catch(crash));
