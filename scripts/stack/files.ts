import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes all or nothing: whoever reads `path` sees the old text or the new one. */
export function writeAtomically(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode, flush: true });
  renameSync(temporary, path);
}

/** The parsed file, or undefined when it is absent or not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The text kept in `path`, made by `make` the first time; only the owner may read it. */
export function keepText(path: string, make: () => string): string {
  if (!existsSync(path)) writeAtomically(path, make());
  return readFileSync(path, 'utf8').trim();
}
