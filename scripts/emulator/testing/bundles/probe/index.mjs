/** The function the emulator's tests call: one path per behaviour. */
import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const CHUNK = Buffer.alloc(65_536);

const paths = {
  '/echo': (req, res) => req.pipe(res),
  // What faas-cli invokes: it sends no path.
  '/': tell,
  '/info': tell,
  '/count': async (req, res) => {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    res.end(`${bytes}\n`);
  },
  '/give': async (_req, res, query) => {
    for (let left = Number(query.get('bytes')); left > 0; left -= CHUNK.length) {
      const hasRoom = res.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)));
      if (!hasRoom) await new Promise((resolve) => res.once('drain', resolve));
    }
    res.end();
  },
  '/packed': (_req, res) => {
    res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('unpacked'));
  },
  '/reject': (_req, res) => res.writeHead(413).end('too large\n'),
  '/slow': async (_req, res, query) => {
    const ms = Number(query.get('ms'));
    console.log(`slow ${ms} begins`);
    res.once('close', () =>
      console.log(`slow ${ms} ${res.writableFinished ? 'ended' : 'was left'}`),
    );
    await sleep(ms);
    res.end('done\n');
  },
  '/tear': async (_req, res, query) => {
    res.once('close', () => console.log(`tear ${res.writableFinished ? 'ended' : 'was left'}`));
    if (query.has('length')) res.setHeader('Content-Length', query.get('length'));
    res.write('begun\n');
    await sleep(Number(query.get('ms')));
    res.end();
  },
  '/exit': (_req, _res, query) => process.exit(Number(query.get('code'))),
  '/status': (req, res, query) => {
    req.resume().once('end', () => res.writeHead(Number(query.get('code'))).end());
  },
};

function tell(req, res) {
  const { method, url, headers } = req;
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ method, url, headers, env: process.env }));
}

export const handler = {
  async ready() {
    if (process.env.refuse_start) throw new Error('refuses to start');
    await sleep(Number(process.env.start_ms ?? 0));
  },
  async handle(req, res) {
    const { pathname, searchParams } = new URL(req.url, 'http://function');
    const path = paths[pathname] ?? ((_req, answer) => answer.writeHead(404).end());
    await path(req, res, searchParams);
  },
  stop() {
    console.log('stops waiting');
  },
  async drain() {
    console.log('drained');
  },
};
