import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTree, removeTree } from './debian-tree.ts';
import { findProgram, run } from './programs.ts';
import type { StackEnvironment } from './stack.ts';

/** The first Go that fetches by itself the newer one a module asks for. */
const OLDEST_MINOR = 21;

/** Where the machine keeps what a build inside a tree needs to reach the network. */
const NETWORK_FILES = ['/etc/resolv.conf', '/etc/ssl/certs/ca-certificates.crt'];

export interface GoBuild {
  /** Module path with version, as `go install` takes it. */
  module: string;
  /** Folder for the program; made. */
  folder: string;
  env: StackEnvironment;
}

/** The machine's Go when it is new enough. */
export async function findGo(env: StackEnvironment): Promise<string | undefined> {
  const go = findProgram('go', env);
  if (!go) return undefined;
  const printed = await run(go, ['env', 'GOVERSION'], { env }).catch(() => '');
  const minor = Number(/^go1\.(\d+)/.exec(printed)?.[1] ?? 0);
  return minor >= OLDEST_MINOR ? go : undefined;
}

/** `go install` by the Go of this machine. */
export async function buildHere(go: string, build: GoBuild): Promise<void> {
  const env = { ...build.env, ...GO_SETTINGS, GOBIN: build.folder };
  await run(go, ['install', build.module], { env, endsWithUs: true });
}

/** `go install` by the Go of a small Debian that is thrown away: this machine has none to use. */
export async function buildInTree(mmdebstrap: string, build: GoBuild): Promise<void> {
  const tree = `${build.folder}.go`;
  await makeTree(mmdebstrap, tree, ['golang-go', 'ca-certificates'], build.env);
  for (const file of NETWORK_FILES.filter((path) => existsSync(path))) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    copyFileSync(file, join(tree, file));
  }
  const env = { ...build.env, ...GO_SETTINGS, ...TREE_SETTINGS };
  await run('chroot', [tree, 'go', 'install', build.module], { env, endsWithUs: true });
  mkdirSync(build.folder, { recursive: true });
  await run('cp', ['-r', `${tree}/out/.`, build.folder]);
  await removeTree(tree);
}

/** Without cgo the program runs on any Linux, whatever C library built it. */
const GO_SETTINGS = { GOTOOLCHAIN: 'auto', CGO_ENABLED: '0' };

/** Without /proc, which is not mounted there, go cannot find its own folder. */
const TREE_SETTINGS = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  GOROOT: '/usr/lib/go',
  GOBIN: '/out',
};
