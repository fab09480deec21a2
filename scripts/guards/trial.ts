import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { jest } from '../run/jest.ts';
import type { GuardTest } from './guard.ts';

const Report = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      assertionResults: v.array(v.object({ title: v.string(), status: v.string() })),
    }),
  ),
});

/** `absent`: no such test ran, or its file did not even load. */
export type Outcome = 'green' | 'red' | 'absent';

/** Runs tests of one kind in a folder; what is asked of the answer is how one of them ended. */
export async function tryTests(
  folder: string,
  tests: readonly GuardTest[],
  environment: Readonly<Record<string, string>>,
): Promise<(test: GuardTest) => Outcome> {
  const kind = tests[0]?.kind ?? 'unit';
  const report = join(folder, `guards-${kind}.json`);
  await rm(report, { force: true });
  const titles = tests.map(({ title }) => RegExp.escape(title)).join('|');
  const files = new Set(tests.map(({ file }) => file));
  const [program, ...args] = jest;
  const how = ['--selectProjects', kind, '--testTimeout=20000', '--forceExit'];
  const what = ['-t', titles, '--json', '--outputFile', report, '--runTestsByPath', ...files];
  const child = spawn(program, [...args, ...how, ...what], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
  await once(child, 'close');
  const { testResults } = v.parse(Report, JSON.parse(await readFile(report, 'utf8')));
  return ({ file, title }) => {
    const ran = testResults
      .filter(({ name }) => name.endsWith(`/${file}`))
      .flatMap(({ assertionResults }) => assertionResults)
      .filter((test) => test.title.includes(title) && test.status !== 'pending');
    if (ran.length === 0) return 'absent';
    return ran.some(({ status }) => status === 'failed') ? 'red' : 'green';
  };
}
