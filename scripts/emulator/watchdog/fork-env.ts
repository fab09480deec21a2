import type { IncomingMessage } from 'node:http';

/**
 * What a forked process is told of its request: Http_Method, Http_Path, Http_Query, each header.
 */
export function requestEnv(
  { method = 'GET', headersDistinct }: Pick<IncomingMessage, 'method' | 'headersDistinct'>,
  target: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, [value = ''] = []] of Object.entries(headersDistinct)) {
    if (name !== 'host') env[`Http_${canonical(name)}`] = value;
  }
  const [path = '', ...query] = target.split('?');
  return {
    ...env,
    Http_Method: method,
    ...(path === '' ? {} : { Http_Path: decoded(path) }),
    ...(query.length === 0 || query[0] === '' ? {} : { Http_Query: query.join('?') }),
  };
}

/** "content-type" → "Content_Type". */
function canonical(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/gu, (start) => start.toUpperCase()).replaceAll('-', '_');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
