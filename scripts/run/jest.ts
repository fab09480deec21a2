import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

/**
 * jest on ES modules: some packages are nothing else, and only this flag lets jest load them. It
 * warns of nothing a reader of test results can act on.
 */
export const jest = [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
] as const;

/** Tests by how they ended. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  numRuntimeErrorTestSuites: v.number(),
  success: v.boolean(),
});

/** How jest is run. */
export interface JestRun {
  /** Where its report is written. */
  readonly reportDir: string;
  readonly args: readonly string[];
  /** Ends it early: then nothing is counted. */
  readonly signal: AbortSignal;
}

/**
 * Runs one kind of tests to its end and counts from jest's own report. A suite that could not
 * even load counts as one failure, and so does a run that jest calls failed for another reason.
 */
export async function runJest(
  kind: string,
  environment: Readonly<Record<string, string>>,
  { reportDir, args: more, signal }: JestRun,
): Promise<Totals> {
  const file = join(reportDir, `${kind}.json`);
  // A run that dies must not be counted by the report of the one before.
  await rm(file, { force: true });
  const args = ['--selectProjects', kind, '--json', '--outputFile', file, ...more];
  const code = await run([...jest, ...args], environment, signal);
  if (signal.aborted) return { passed: 0, failed: 0, skipped: 0 };
  const report = v.parse(Report, JSON.parse(await readFile(file, 'utf8')));
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const failedOtherwise = failed === 0 && (code !== 0 || !report.success);
  return {
    passed: report.numPassedTests,
    failed: failedOtherwise ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function run(
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  // jest prints its JSON on stdout too; what a person reads comes on stderr.
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
    signal,
  });
  return new Promise((resolve, reject) => {
    // Told to end, it is waited for all the same: what it stands on ends after it.
    child.once('error', (error) => signal.aborted || reject(error));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
