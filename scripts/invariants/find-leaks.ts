import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../client/newcomer.ts';

/** Something secret that stands in a log. */
export interface Leak {
  /** The log, below the root of the run. */
  readonly file: string;
  /** What it holds, not the thing itself. */
  readonly secret: string;
}

/** What looks like a secret, whoever's it is. */
const shapes: readonly (readonly [name: string, shape: RegExp])[] = [
  ['a token', /eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['HTTP credentials', /\b(Basic|Bearer) [\w+/=.-]{8,}/],
  ['a password hash', /\$argon2id\$/],
  ['a private key', /"d": ?"[\w-]{20,}"/],
];

const logs = ['log/*.log', 'emulator/log/*.log'];
const secretFiles = ['passwords/*', 'secrets/gateway-password', 'secrets/functions/*'];

/** Below this a secret is one that was given with an outside server, or reads `none`. */
const shortest = 16;

/** Everything that the functions, the emulator and the servers of this root have logged. */
export async function readLogs(root: string): Promise<ReadonlyMap<string, string>> {
  const files = globSync(logs, { cwd: root }).toSorted();
  const texts = files.map(
    async (file) => [file, await readFile(join(root, file), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

/** The secrets of the service itself: passwords of servers, keys, the gateway's credentials. */
export async function serviceSecrets(root: string): Promise<readonly Secret[]> {
  const files = globSync(secretFiles, { cwd: root });
  const found = files.map(async (name) => {
    const text = (await readFile(join(root, name), 'utf8')).trim();
    const values = text.startsWith('{') ? privateParts(text) : [text];
    return values.filter(({ length }) => length >= shortest).map((value) => ({ name, value }));
  });
  return (await Promise.all(found)).flat();
}

/** Looks for these very secrets, and for whatever has the shape of one. */
export function leaksIn(
  texts: ReadonlyMap<string, string>,
  secrets: readonly Secret[],
): readonly Leak[] {
  return [...texts].flatMap(([file, text]) => [
    ...secrets.flatMap(({ name, value }) => (text.includes(value) ? { file, secret: name } : [])),
    ...shapes.flatMap(([name, shape]) => (shape.test(text) ? { file, secret: name } : [])),
  ]);
}

function privateParts(keySet: string): string[] {
  return [...keySet.matchAll(/"d": ?"([^"]+)"/g)].flatMap(([, part]) => part ?? []);
}
