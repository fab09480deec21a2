import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { shrinkwrap } from '../deploy/shrinkwrap.ts';

const root = resolve(import.meta.dirname, '..', '..');
export const TEMPLATE = join(root, 'template', 'node-bundle');
export const PROBE = join(root, 'scripts', 'conformance', 'functions', 'probe');

/** What `faas-cli build --shrinkwrap` would write for a probe of this name. */
export function writeContext(contexts: string, service: string): void {
  shrinkwrap({ template: TEMPLATE, handler: PROBE, context: join(contexts, service) });
}

/** Removes it, and the folder of contexts when nothing else is in it. */
export function removeContext(contexts: string, service: string): void {
  rmSync(join(contexts, service), { recursive: true, force: true });
  if (existsSync(contexts) && readdirSync(contexts).length === 0)
    rmSync(contexts, { recursive: true });
}
