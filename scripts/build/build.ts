import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import { bundles, replacedByNode } from './bundles.ts';
import { lazyBuiltins } from './lazy-builtins.ts';
import { foreignPackages, packagesIn } from './packages.ts';

/** What became of one bundle. */
export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  /** Direct dependencies that are not on the bundle's list. */
  readonly foreign: readonly string[];
}

// What CommonJS packages expect to find, inside an ES module too.
const commonJs = [
  "import{createRequire as bundleRequire}from'node:module';",
  'const require=bundleRequire(import.meta.url),__dirname=import.meta.dirname;',
].join('');

const direct = Object.keys(manifest.dependencies);

// Drivers that pg and mongodb try to load and do without.
const absent = [
  'pg-native',
  'kerberos',
  '@mongodb-js/zstd',
  '@aws-sdk/credential-providers',
  'gcp-metadata',
  'snappy',
  'socks',
  'aws4',
  'mongodb-client-encryption',
];

/**
 * Bundles every function into `dist/<name>/index.mjs`: one file that runs with nothing but Node.
 */
export async function buildAll(root: string): Promise<Bundle[]> {
  const names = Object.keys(bundles);
  await mkdir(join(root, 'dist'), { recursive: true });
  const built: Bundle[] = [];
  const worker = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      built.push(await buildOne(root, name));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return built.sort((a, b) => a.name.localeCompare(b.name));
}

async function buildOne(root: string, name: string): Promise<Bundle> {
  const folder = join(root, 'dist', name);
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Names stay: a stack in the log must be readable.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'external',
    external: absent,
    alias: replacedByNode,
    plugins: [lazyBuiltins],
    metafile: true,
    logLevel: 'warning',
    // fluent-ffmpeg picks its instrumented sources by this variable; they are not published.
    define: { 'process.env.FLUENTFFMPEG_COV': 'undefined' },
    banner: { js: commonJs },
  });
  const bytes = metafile.outputs[`dist/${name}/index.mjs`]?.bytes ?? 0;
  const foreign = foreignPackages(packagesIn(metafile), bundles[name] ?? [], direct);
  return { name, bytes, foreign };
}
