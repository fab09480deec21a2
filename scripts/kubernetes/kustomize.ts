import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildHere, findGo } from '../stack/go-build.ts';
import { findProgram, isProgram, run } from '../stack/programs.ts';
import type { StackEnvironment } from '../stack/stack.ts';

const VERSION = '5.8.1';
const MODULE = `sigs.k8s.io/kustomize/kustomize/v5@v${VERSION}`;

/** Kustomize: the machine's, or else one built into `toolsDir`; undefined where no Go is. */
export async function findKustomize(
  toolsDir: string,
  env: StackEnvironment,
): Promise<string | undefined> {
  const folder = join(toolsDir, `kustomize-${VERSION}`);
  const built = join(folder, 'kustomize');
  const found = findProgram('kustomize', env) ?? (isProgram(built) ? built : undefined);
  if (found !== undefined) return found;
  const go = await findGo(env);
  if (go === undefined) return undefined;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await buildHere(go, { module: MODULE, folder: partial, env });
  renameSync(partial, folder);
  return built;
}

/** The manifests `kustomize build` makes of a folder; rejects with what it complains of. */
export function buildManifests(kustomize: string, folder: string): Promise<string> {
  return run(kustomize, ['build', folder], {});
}
