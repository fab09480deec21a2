/**
 * A deployment names no folder: its code is found by its name, its template by its command.
 *
 * Order: the shrink-wrapped context CONTEXTS/<name>, the bundle BUNDLES/<name>, then the same two
 * by the last part of the image's name, for a bundle deployed a second time under another name.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { isJsonObject } from '../json.ts';
import type { Deployment } from './deployment.ts';
import { readImageEnv } from './image-env.ts';
import { ProviderError } from './provider-error.ts';

export interface CodePlaces {
  /** What `faas-cli build --shrinkwrap` writes, usually build/. */
  readonly contexts: string;
  readonly bundles: string;
  /** The folder that holds one folder per language. */
  readonly templates: string;
}

export interface Image {
  /** Folders laid over each other, with where they go. */
  readonly layers: readonly { readonly from: string; readonly to: string }[];
  readonly env: Record<string, string>;
}

export function findImage(deployment: Deployment, places: CodePlaces): Image {
  const names = [deployment.service, imageName(deployment.image)];
  for (const name of new Set(names)) {
    const context = join(places.contexts, name);
    if (existsSync(join(context, 'Dockerfile'))) return imageOf(context, []);
    const bundle = join(places.bundles, name);
    if (!existsSync(bundle)) continue;
    const template = findTemplate(deployment.envProcess, places.templates);
    return imageOf(template, [{ from: bundle, to: 'function' }]);
  }
  const looked = `${places.contexts} and ${places.bundles}`;
  throw new ProviderError(500, `no code for ${names.join(' or ')} in ${looked}`);
}

/** "registry/owner/notify:1.2" → "notify". */
export function imageName(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/u, '');
}

/** Empties `home`, then lays the image out in `directory` below it. */
export function unpackImage({ layers }: Image, home: string, directory: string): void {
  rmSync(home, { recursive: true, force: true });
  for (const { from, to } of layers) cpSync(from, join(directory, to), { recursive: true });
}

function imageOf(base: string, layers: Image['layers']): Image {
  const dockerfile = readFileSync(join(base, 'Dockerfile'), 'utf8');
  return { layers: [{ from: base, to: '.' }, ...layers], env: readImageEnv(dockerfile) };
}

function findTemplate(envProcess: string, templates: string): string {
  const found = readdirSync(templates)
    .sort()
    .map((language) => join(templates, language))
    .find((template) => fprocessOf(template) === envProcess);
  if (found !== undefined) return found;
  throw new ProviderError(500, `no template in ${templates} has the fprocess "${envProcess}"`);
}

function fprocessOf(template: string): unknown {
  const file = join(template, 'template.yml');
  if (!existsSync(file)) return undefined;
  const content: unknown = parse(readFileSync(file, 'utf8'));
  return isJsonObject(content) ? content['fprocess'] : undefined;
}
