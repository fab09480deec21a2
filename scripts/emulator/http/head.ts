import type { ServerResponse } from 'node:http';

import type { HeaderLists } from './headers.ts';

/** Sets status and headers in a way `hasHeader` still knows of; nothing is sent yet. */
export function setHead(res: ServerResponse, status: number, headers: HeaderLists): void {
  res.statusCode = status;
  res.setHeaders(new Map(Object.entries(headers)));
}
