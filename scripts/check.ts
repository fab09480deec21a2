import { runQuietly } from './run/command.ts';
import { jest } from './run/jest.ts';

/**
 * `npm run check`: everything that can be said of the code without a server. CI runs the same.
 * Two lanes, because two cores are what the smallest machine has.
 */
type Step = readonly [name: string, program: string, ...args: string[]];

const lanes: readonly (readonly Step[])[] = [
  [
    ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
    ['types', 'tsc'],
    ['rules', 'depcruise', '--output-type', 'err', 'functions', 'shared', 'scripts'],
    ['unused', 'knip', '--no-progress'],
    ['bundles', process.execPath, 'scripts/build.ts'],
  ],
  [
    ['lint', 'eslint', '--max-warnings', '0', '.'],
    ['unit', ...jest, '--selectProjects', 'unit', '--silent', '--maxWorkers', '1'],
  ],
];

async function run([name, program, ...args]: Step): Promise<boolean> {
  const { code, output, seconds } = await runQuietly(program, args);
  const ok = code === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s`);
  if (!ok || name === 'bundles') console.log(output.trimEnd());
  return ok;
}

async function runLane(steps: readonly Step[]): Promise<boolean> {
  let ok = true;
  for (const step of steps) ok = (await run(step)) && ok;
  return ok;
}

const results = await Promise.all(lanes.map(runLane));
if (results.includes(false)) process.exitCode = 1;
