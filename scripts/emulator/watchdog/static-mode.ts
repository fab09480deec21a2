/**
 * Mode static: the files of static_path, as Go's file server serves them: index.html for a folder,
 * else a list of what is in it, one range, If-Modified-Since. /home/app is the function's folder.
 */
import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, posix, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { parseRange } from './byte-range.ts';
import { answer, type Call, type Runner } from './call.ts';
import type { Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';

const HOME = '/home/app/';
const INDEX = '/index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.xml': 'text/xml; charset=utf-8',
};

export function createStaticMode({ staticPath }: WatchdogSettings, { directory }: Place): Runner {
  const root = resolve(
    directory,
    staticPath.startsWith(HOME) ? staticPath.slice(HOME.length) : staticPath,
  );
  return {
    serve: (call) => void serve(call, root),
    start: () => Promise.resolve(undefined),
    kill: () => undefined,
  };
}

async function serve(call: Call, root: string): Promise<void> {
  const [path = '', query] = call.target.split('?', 2);
  const redirect = (to: string): void =>
    answer(call.res, 301, { Location: query === undefined ? to : `${to}?${query}` });
  try {
    const clean = posix.join('/', decodeURIComponent(path));
    if (clean.endsWith(INDEX)) {
      redirect('./');
      return;
    }
    const file = resolve(root, `.${clean}`);
    const found = await stat(file);
    const isFolder = found.isDirectory();
    if (isFolder && !clean.endsWith('/')) redirect(`${posix.basename(path)}/`);
    else if (!isFolder && clean.endsWith('/')) redirect(`../${posix.basename(path)}`);
    else await (isFolder ? sendFolder(call, file) : sendFile(call, file, found));
  } catch (error) {
    answerFailure(call, error);
  }
}

async function sendFolder(call: Call, folder: string): Promise<void> {
  const index = join(folder, INDEX);
  const found = await stat(index).catch(() => undefined);
  if (found?.isFile() === true) {
    await sendFile(call, index, found);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const links = entries
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort()
    .map((name) => `<a href="./${encodeURI(name)}">${escaped(name)}</a>\n`);
  const page = `<!doctype html>\n<pre>\n${links.join('')}</pre>\n`;
  answer(call.res, 200, { 'Content-Type': 'text/html; charset=utf-8' }, page);
}

async function sendFile({ req, res }: Call, file: string, { size, mtime }: Stats): Promise<void> {
  const modified = Math.floor(mtime.getTime() / 1_000) * 1_000;
  res.setHeader('Last-Modified', new Date(modified).toUTCString());
  if (modified <= Date.parse(req.headers['if-modified-since'] ?? '')) {
    res.writeHead(304).end();
    return;
  }
  const range = parseRange(req.headers.range, size);
  if (range === 'unsatisfiable') {
    answer(res, 416, { 'Content-Range': `bytes */${size}` });
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  res.writeHead(range === undefined ? 200 : 206, {
    'Accept-Ranges': 'bytes',
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': end - start + 1,
    ...(range && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  if (req.method === 'HEAD' || size === 0) res.end();
  else await pipeline(createReadStream(file, { start, end }), res);
}

function answerFailure({ res }: Call, error: unknown): void {
  const [status, text] = failureOf(error);
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  };
  if (res.headersSent) res.destroy();
  else answer(res, status, headers, `${text}\n`);
}

function failureOf(error: unknown): [status: number, text: string] {
  if (error instanceof URIError) return [400, '400 Bad Request'];
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return [404, '404 page not found'];
  if (code === 'EACCES') return [403, '403 Forbidden'];
  return [500, '500 Internal Server Error'];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
