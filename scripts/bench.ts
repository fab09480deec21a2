import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { aLong } from './bench/a-long.ts';
import { bMinute } from './bench/b-minute.ts';
import type { BareBench, Benchmark } from './bench/benchmark.ts';
import { phoneFilm } from './bench/c-phone.ts';
import { manyFilms } from './bench/d-fifty.ts';
import { eUpload } from './bench/e-upload.ts';
import { fMemory } from './bench/f-memory.ts';
import { gCold } from './bench/g-cold.ts';
import { claimsAmong } from './bench/h-claim.ts';
import { iGateway } from './bench/i-gateway.ts';
import { jFractions } from './bench/j-fractions.ts';
import { plotOf } from './bench/plot.ts';
import { describe, isWithin, nameWidth, type Result, resultOf } from './bench/result.ts';
import { enter } from './bench/service.ts';
import { bringUp, toolsDir } from './platform/up.ts';
import { resetStack } from './stack/reset.ts';
import { interruption } from './start/interrupt.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    large: { type: 'boolean', default: false },
    'no-install': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const onService = [
  aLong,
  bMinute,
  phoneFilm(300),
  manyFilms(50, 60),
  eUpload,
  fMemory(values.large),
  gCold,
  claimsAmong(10_000, 500),
  jFractions,
];
const benchmarks = [...onService, ...iGateway];
const checkout = resolve(import.meta.dirname, '..');
const usage = `npm run bench [-- --only NAME …] [-- --large] [-- --no-install]

  Measures the budgets of the design on the real service, each side by side with what it is
  compared with, and writes bench/results.json and bench/results.svg. Exit code 1 when a bound is
  missed. docs/benchmarks.md tells more.

${benchmarks.map(({ name, title }) => `  ${name.padEnd(nameWidth)} ${title}`).join('\n')}

  --only NAME    this one; may be given several times
  --large        f-memory with 4 GB instead of 1 GB: takes ten minutes and 10 GB of disk
  --no-install   download and install nothing
  --help         this text

Servers, where any is needed, are started for this alone, with data of their own below
.local/bench, and deleted again.`;

const names = values.only ?? benchmarks.map(({ name }) => name);
const unknown = names.filter((name) => benchmarks.every((one) => one.name !== name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(', ')}.\n`);
  console.log(usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const report = (line: string) => console.error(line);
const root = join(checkout, '.local', 'bench');
mkdirSync(root, { recursive: true });
const folder = mkdtempSync(join(root, 'input-'));
const interrupted = new AbortController();
const stopped = interruption(report).then(() => interrupted.abort());
const needsServers = chosen(onService).length > 0;
const running = needsServers
  ? await bringUp({ root, install: !values['no-install'], report })
  : undefined;
try {
  const results = await Promise.race([runAll(), stopped]);
  if (results) save(results);
  process.exitCode = results?.every(isWithin) ? 0 : 1;
} finally {
  await running?.stop();
  // Inputs, and what was uploaded: gigabytes.
  await resetStack(root, toolsDir);
}
process.exit();

function chosen<Given extends BareBench>(all: readonly Benchmark<Given>[]) {
  return all.filter(({ name }) => names.includes(name));
}

function save(results: readonly Result[]): void {
  const into = join(checkout, 'bench');
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(into, 'results.svg'), plotOf(results));
}

async function runAll(): Promise<Result[]> {
  const bare = { folder, repeats: 3, report, signal: interrupted.signal };
  const onGateway = await runEach(chosen(iGateway), bare);
  if (!running) return onGateway;
  const service = await enter(root, running);
  return [...(await runEach(chosen(onService), { ...bare, service })), ...onGateway];
}

async function runEach<Given extends BareBench>(
  benchmarks: readonly Benchmark<Given>[],
  given: Given,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const benchmark of benchmarks) {
    report(`${benchmark.name} …`);
    const result = resultOf(benchmark, await benchmark.measure(given));
    console.log(`${describe(result)}\n`);
    results.push(result);
  }
  return results;
}
