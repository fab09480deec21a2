/**
 * Serves one bundle behind of-watchdog (mode http).
 *
 * Life: the bundle is imported → its ready() builds what it needs → GET /_/ready turns from 503
 * to 200 → requests are handled, streaming both ways → SIGTERM: no new connections, stop() ends
 * what only waits for news, requests in flight finish, drain() hands back background work →
 * exit 0. A fault never exits 0: of-watchdog would go on reporting a healthy function.
 *
 * The bundle exports `handler`: { ready(): Promise, handle(req, res): Promise, stop(): void,
 * drain(): Promise }.
 */
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers';

import { handler } from './function/index.mjs';

const READY_PATH = '/_/ready';
const { hostname, port } = new URL(process.env.upstream_url ?? 'http://127.0.0.1:3000');

let state = 'starting';

const server = createServer(
  // Uploads may last for hours: deadlines are the watchdog's and the function's own.
  // Connections outlive the caller's idle time, else it writes into one that just closed.
  { requestTimeout: 0, keepAliveTimeout: 75_000 },
  (req, res) => {
    res.once('close', closeIdleWhenStopping);
    if (req.url === READY_PATH) answerReady(res);
    else if (state === 'starting') answer(res, 503, 'starting');
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
function closeIdleWhenStopping() {
  if (state === 'stopping') setImmediate(() => server.closeIdleConnections());
}

function crash(error) {
  console.error(error);
  process.exit(1);
}

async function start() {
  await handler.ready();
  if (state === 'starting') state = 'ready';
}

async function stop() {
  if (state === 'stopping') return;
  state = 'stopping';
  handler.stop();
  await new Promise((resolve) => server.close(resolve));
  await handler.drain();
  process.exit(0);
}

process.on('SIGTERM', () => stop().catch(crash));
process.on('SIGINT', () => stop().catch(crash));

server.on('error', crash);
server.listen(Number(port), hostname, () => start().catch(crash));
