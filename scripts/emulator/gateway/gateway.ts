import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { createStreamingServer } from '../http/server.ts';
import { NAMESPACE } from '../provider/deployment.ts';
import { isAuthorized, refuseUnauthorized, type Credentials } from './basic-auth.ts';
import { cleanedPath, decodePath, parseFunctionPath, splitQuery } from './function-path.ts';
import type { Invoke } from './invoke.ts';
import { sendText } from './respond.ts';
import type { SystemApi } from './system-api.ts';
import { serveUi } from './ui.ts';

export interface GatewayParts {
  readonly credentials: Credentials;
  readonly invoke: Invoke;
  readonly systemApi: SystemApi;
  /** Absent: /async-function is 404. */
  readonly enqueue: Invoke | undefined;
}

/** /function/* and /healthz for everybody, /system/* and /ui/ with basic auth. */
export function createGateway(parts: GatewayParts): Server {
  return createStreamingServer((req, res) => route(req, res, parts));
}

function route(req: IncomingMessage, res: ServerResponse, parts: GatewayParts): void {
  const [rawPath, query] = splitQuery(req.url ?? '/');
  const path = decodePath(rawPath);
  const clean = path === undefined ? undefined : cleanedPath(path);
  if (path === undefined) sendText(res, 400);
  else if (clean !== undefined) redirect(res, 301, encodeURI(clean) + query);
  else if (path === '/') redirect(res, 307, '/ui/');
  else if (isGuarded(path)) routeGuarded(req, res, parts, path);
  else if (path === '/healthz') sendText(res, req.method === 'GET' ? 200 : 405);
  // The real gateway parses the decoded path again and loses the connection over a percent sign.
  else if (path.includes('%')) req.socket.destroy();
  else {
    const route = path.startsWith('/async-function/') ? parts.enqueue : parts.invoke;
    const call = parseFunctionPath(path, query, NAMESPACE);
    if (route === undefined || call === undefined) sendText(res, 404, '404 page not found');
    else route(req, res, call);
  }
}

function isGuarded(path: string): boolean {
  return path.startsWith('/system/') || path.startsWith('/ui/');
}

function routeGuarded(
  req: IncomingMessage,
  res: ServerResponse,
  { credentials, systemApi }: GatewayParts,
  path: string,
): void {
  if (!isAuthorized(req, credentials)) refuseUnauthorized(res);
  else if (path.startsWith('/ui/')) serveUi(req, res, path);
  else systemApi(req, res, path);
}

function redirect(res: ServerResponse, status: number, location: string): void {
  res.setHeader('Location', location);
  sendText(res, status);
}
