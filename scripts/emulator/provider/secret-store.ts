import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { stringOf, type JsonObject } from '../json.ts';
import { requireNamespace } from './deployment.ts';
import { ProviderError } from './provider-error.ts';
import type { ProviderRules } from './rules.ts';

/** A DNS-1123 subdomain. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const MAX_NAME = 253;

/**
 * Secrets as files only their owner reads. A function gets hard links of those it asks for, so
 * that an update, written into the same inode, is seen by a process that reads again.
 */
export class SecretStore {
  readonly #directory: string;
  readonly #rules: ProviderRules;

  constructor(directory: string, rules: ProviderRules) {
    this.#directory = directory;
    this.#rules = rules;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  list(): string[] {
    return readdirSync(this.#directory).sort();
  }

  create(body: JsonObject): void {
    const path = this.#path(body);
    const isRefused = existsSync(path) && !this.#rules.overwritesSecrets;
    if (isRefused) throw new ProviderError(409, 'the secret exists');
    this.#write(path, body);
  }

  update(body: JsonObject): void {
    const path = this.#path(body);
    if (!this.#rules.overwritesSecrets) requireFile(path, 404);
    this.#write(path, body);
  }

  delete(body: JsonObject): void {
    const path = this.#path(body);
    requireFile(path, this.#rules.absentSecretAtDelete);
    rmSync(path);
  }

  /** Throws 400 when one of the names is unknown. */
  require(names: readonly string[]): void {
    const known = this.list();
    const missing = names.filter((name) => !known.includes(name));
    if (missing.length > 0) throw new ProviderError(400, `unknown secret: ${missing.join(', ')}`);
  }

  linkInto(directory: string, names: readonly string[]): void {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of names) linkSync(join(this.#directory, name), join(directory, name));
  }

  #path(body: JsonObject): string {
    requireNamespace(stringOf(body['namespace']));
    const name = stringOf(body['name']) ?? '';
    const isName = NAME.test(name) && name.length <= MAX_NAME;
    if (!isName) throw new ProviderError(400, `"${name}" is not a secret's name`);
    return join(this.#directory, name);
  }

  /** The CLI sends a trimmed `value` and the untouched `rawValue` (base64): the latter counts. */
  #write(path: string, body: JsonObject): void {
    const raw = stringOf(body['rawValue']);
    const value = raw ? Buffer.from(raw, 'base64') : (stringOf(body['value']) ?? '');
    writeFileSync(path, value, { mode: 0o600 });
    chmodSync(path, 0o600);
  }
}

function requireFile(path: string, absent: number): void {
  if (!existsSync(path)) throw new ProviderError(absent, 'no such secret');
}
