import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { sendText } from './respond.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export function basicAuthorization({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export function isAuthorized(req: IncomingMessage, credentials: Credentials): boolean {
  const sent = digest(req.headers.authorization ?? '');
  return timingSafeEqual(sent, digest(basicAuthorization(credentials)));
}

export function refuseUnauthorized(res: ServerResponse): void {
  res.setHeader('WWW-Authenticate', 'Basic realm="Restricted"');
  sendText(res, 401, 'invalid credentials');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
