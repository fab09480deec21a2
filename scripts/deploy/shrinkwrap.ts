import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface ShrinkwrapRequest {
  /** The folder of one language, with its template.yml. */
  readonly template: string;
  /** The function's own folder. */
  readonly handler: string;
  /** Where the context goes; what is there is lost. */
  readonly context: string;
}

const HANDLER_FOLDER = 'function';
/** What faas-cli leaves out at the top of a handler. */
const SKIPPED = ['build', 'template'];

/**
 * Writes a build context as `faas-cli build --shrinkwrap` does: the template whole, then the
 * handler laid over `function/`, symbolic links followed. Throws when a folder is missing.
 */
export function shrinkwrap({ template, handler, context }: ShrinkwrapRequest): void {
  if (!existsSync(join(template, 'template.yml'))) {
    throw new Error(`${template} is no template: it has no template.yml`);
  }
  const entries = readdirSync(handler).filter((entry) => !SKIPPED.includes(entry));
  rmSync(context, { recursive: true, force: true });
  copy(template, context);
  for (const entry of entries) copy(join(handler, entry), join(context, HANDLER_FOLDER, entry));
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, dereference: true });
}
