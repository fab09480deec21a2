import { posix } from 'node:path';

const FUNCTION_PATH = /^\/(?:async-)?function\/(?<name>[-a-zA-Z_0-9.]+)(?<rest>\/.*)?$/u;

export interface FunctionPath {
  /** The name as it stands in the path, with the namespace if one was given. */
  readonly calledAs: string;
  readonly name: string;
  readonly namespace: string;
  /** Path and query as the function sees them. */
  readonly target: string;
}

/** Undefined when the path names no function. The namespace is what follows the last dot. */
export function parseFunctionPath(
  path: string,
  query: string,
  defaultNamespace: string,
): FunctionPath | undefined {
  const { name: full, rest } = FUNCTION_PATH.exec(path)?.groups ?? {};
  if (full === undefined) return undefined;
  const dot = full.lastIndexOf('.');
  return {
    calledAs: full,
    name: dot < 0 ? full : full.slice(0, dot),
    namespace: dot < 0 ? defaultNamespace : full.slice(dot + 1),
    target: encodeURI(rest ?? '/') + query,
  };
}

/** "/a?b" → ["/a", "?b"], the path still encoded. */
export function splitQuery(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark)];
}

/**
 * The path without doubled slashes and dots, where the gateway redirects to; undefined when clean.
 */
export function cleanedPath(path: string): string | undefined {
  const clean = posix.normalize(path);
  return clean === path ? undefined : clean;
}

/** Undefined when the escapes are malformed. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
