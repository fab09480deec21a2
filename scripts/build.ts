import { resolve } from 'node:path';
import { buildAll } from './build/build.ts';

/** `npm run build`: all bundles, their sizes, and what must not be in them. */
const built = await buildAll(resolve(import.meta.dirname, '..'));
for (const { name, bytes, foreign } of built) {
  const note =
    foreign.length === 0 ? '' : `  holds ${foreign.join(', ')}, see scripts/build/bundles.ts`;
  console.log(`${name.padEnd(14)} ${String(Math.round(bytes / 1024)).padStart(5)} KiB${note}`);
}
if (built.some(({ foreign }) => foreign.length > 0)) process.exitCode = 1;
