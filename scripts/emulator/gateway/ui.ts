import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { sendText } from './respond.ts';

const FILES = {
  '/ui/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/ui/ui.css': { name: 'ui.css', type: 'text/css; charset=utf-8' },
  '/ui/ui.js': { name: 'ui.js', type: 'text/javascript; charset=utf-8' },
} as const;

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A page that lists, calls and removes functions by the gateway's own API. */
export function serveUi(req: IncomingMessage, res: ServerResponse, path: string): void {
  const file = Object.entries(FILES).find(([name]) => name === path)?.[1];
  if (file === undefined) sendText(res, 404, '404 page not found');
  else if (req.method !== 'GET' && req.method !== 'HEAD') sendText(res, 405);
  else {
    res.writeHead(200, {
      'Content-Type': file.type,
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    res.end(readFileSync(join(import.meta.dirname, 'ui', file.name)));
  }
}
