import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as v from 'valibot';
import { type Document, parseAllDocuments } from 'yaml';
import { Kustomization, Replacements } from './kustomization.ts';
import { validate, type Wholeness } from './validate.ts';

/** What was looked at, and everything wrong with it, as lines `file: /path: what`. */
export interface Checked {
  /** Relative to the folder the paths are told from. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Checks the kustomization of `folder` and all it is made of, bases included: each resource and
 * patch against the API's schemas, and that the other files it names exist. Files of folders called
 * `.secrets` are not asked for: they are made where they are deployed. Paths are told from `root`.
 */
export async function checkKustomization(folder: string, root: string): Promise<Checked> {
  const path = join(folder, 'kustomization.yaml');
  const [read] = documentsOf(path);
  const parsed = v.safeParse(Kustomization, read?.toJS());
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `/${pointerOf(issue)}: ${issue.message}`);
    return under(path, root, problems);
  }
  const { resources, patches, replacements, ...generators } = parsed.output;
  const manifests = await Promise.all([
    ...resources.map((name) => checkResource(join(folder, name), root)),
    ...patches.map((patch) => checkManifests(join(folder, patch.path), root, 'patch')),
  ]);
  return merge([
    ...manifests,
    ...replacements.map((file) => checkReplacements(join(folder, file.path), root)),
    under(path, root, absentFiles(folder, generators)),
  ]);
}

function checkResource(path: string, root: string): Promise<Checked> {
  const isBase = existsSync(path) && statSync(path).isDirectory();
  return isBase ? checkKustomization(path, root) : checkManifests(path, root, 'resource');
}

async function checkManifests(path: string, root: string, wholeness: Wholeness): Promise<Checked> {
  if (!existsSync(path)) return under(path, root, ['/: does not exist']);
  const problems = await Promise.all(
    documentsOf(path).map(async (document) =>
      document.errors.length > 0
        ? document.errors.map(({ message }) => `/: ${message}`)
        : validate(document.toJS(), wholeness),
    ),
  );
  return under(path, root, problems.flat());
}

function checkReplacements(path: string, root: string): Checked {
  if (!existsSync(path)) return under(path, root, ['/: does not exist']);
  const parsed = v.safeParse(Replacements, documentsOf(path)[0]?.toJS());
  const issues = parsed.issues ?? [];
  return under(
    path,
    root,
    issues.map((issue) => `/${pointerOf(issue)}: ${issue.message}`),
  );
}

type Generators = Pick<Kustomization, 'configMapGenerator' | 'secretGenerator'>;

function absentFiles(folder: string, generators: Generators): string[] {
  return [...generators.configMapGenerator, ...generators.secretGenerator]
    .flatMap(({ files, envs }) => [...files, ...envs])
    .filter((file) => !file.startsWith('.secrets/') && !existsSync(join(folder, file)))
    .map((file) => `/: names ${file}, which does not exist`);
}

function documentsOf(path: string): Document[] {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'), { version: '1.1' });
  return Array.isArray(documents) ? documents : [];
}

function pointerOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? []).map(({ key }) => String(key)).join('/');
}

function under(path: string, root: string, problems: readonly string[]): Checked {
  const file = relative(root, path);
  return { files: [file], problems: problems.map((problem) => `${file}: ${problem}`) };
}

function merge(parts: readonly Checked[]): Checked {
  return {
    files: [...new Set(parts.flatMap(({ files }) => files))],
    problems: [...new Set(parts.flatMap(({ problems }) => problems))],
  };
}
