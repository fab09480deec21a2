import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

type Schemas = Readonly<Record<string, v.GenericSchema<string | undefined, unknown>>>;

/**
 * What one function needs to be told. `settings` are environment variables, all named `V2M_…`;
 * `secrets` are files. Each has a schema that takes text; an optional setting has a default there.
 */
export interface ConfigSpec<S extends Schemas, K extends Schemas> {
  readonly settings: S;
  readonly secrets: K;
}

/** The checked values of a spec, under the same names. */
export interface Config<S extends Schemas, K extends Schemas> {
  readonly settings: { readonly [name in keyof S]: v.InferOutput<S[name]> };
  readonly secrets: { readonly [name in keyof K]: v.InferOutput<K[name]> };
}

/** Where the values come from; secrets throw when they are absent. */
export interface ConfigSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readSecret: (name: string) => string;
}

/** All that is wrong with a configuration, one line each. Values of secrets are never in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const prefix = 'V2M_';

/**
 * Checks a spec against its source. Throws {@link ConfigError} that lists everything absent,
 * malformed and unknown at once, so that one failed deployment tells the whole story.
 */
export function parseConfig<S extends Schemas, K extends Schemas>(
  spec: ConfigSpec<S, K>,
  source: ConfigSource,
): Config<S, K> {
  const problems = unknownSettings(spec.settings, source.environment);
  const settings = v.safeParse(v.object(spec.settings), source.environment);
  if (!settings.success) problems.push(...settings.issues.map(describe));
  const secrets = v.safeParse(v.object(spec.secrets), readAll(spec.secrets, source, problems));
  if (!secrets.success) problems.push(...secrets.issues.map(describeSecret));
  if (!settings.success || !secrets.success || problems.length > 0) {
    throw new ConfigError(`configuration: ${[...new Set(problems)].join('; ')}`);
  }
  return { settings: settings.output, secrets: secrets.output };
}

/** {@link parseConfig} of this process: its environment and its secret files, trimmed. */
export function loadConfig<S extends Schemas, K extends Schemas>(
  spec: ConfigSpec<S, K>,
): Config<S, K> {
  const directory = process.env['OPENFAAS_SECRETS_DIR'] ?? '/var/openfaas/secrets';
  return parseConfig(spec, {
    environment: process.env,
    // faas-cli keeps a file's last newline (openfaas.md §1.3).
    readSecret: (name) => readFileSync(join(directory, name), 'utf8').trim(),
  });
}

function unknownSettings(settings: Schemas, environment: ConfigSource['environment']): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !(name in settings))
    .map((name) => `${name} is not a setting of this function`);
}

function readAll(secrets: Schemas, source: ConfigSource, problems: string[]) {
  const found: Record<string, string> = {};
  for (const name of Object.keys(secrets)) {
    try {
      found[name] = source.readSecret(name);
    } catch {
      problems.push(`secret ${name} cannot be read`);
    }
  }
  return found;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'configuration';
  return issue.input === undefined ? `${name} is not set` : `${name}: ${issue.message}`;
}

/** A secret's issue names it and nothing of its content. */
function describeSecret(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'unknown';
  return issue.input === undefined
    ? `secret ${name} cannot be read`
    : `secret ${name} is malformed`;
}
