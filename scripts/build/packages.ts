import type { Metafile } from 'esbuild';

/** The npm packages whose code is in a bundle, from esbuild's own account of it, sorted. */
export function packagesIn(metafile: Metafile): string[] {
  const names = Object.keys(metafile.inputs).flatMap((path) => packageOf(path) ?? []);
  return [...new Set(names)].sort();
}

/** The package a file of node_modules belongs to; nested installations count as the inner one. */
export function packageOf(path: string): string | undefined {
  const inside = path.split('node_modules/').slice(1).at(-1);
  return inside === undefined ? undefined : /^(@[^/]+\/)?[^/]+/.exec(inside)?.[0];
}

/** Direct dependencies of the project that are in a bundle and not on its list. */
export function foreignPackages(
  found: readonly string[],
  allowed: readonly string[],
  direct: readonly string[],
): string[] {
  return found.filter((name) => direct.includes(name) && !allowed.includes(name));
}
