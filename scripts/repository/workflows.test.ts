import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { bundles } from '../build/bundles.ts';
import { workflowFaults } from './workflow-faults.ts';

const root = resolve(import.meta.dirname, '..', '..');
const files = globSync('.github/workflows/*.yml', { cwd: root });
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const repository = {
  npmScripts: Object.keys(manifest.scripts),
  hasFile: (path: string) => existsSync(join(root, path)),
};

const good = `on: { push: {} }
permissions: { contents: read }
concurrency: one
jobs:
  work:
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@v7
        with: { persist-credentials: false }
      - run: npm run check && npm test
      - run: deploy/faasd/install.sh --help
`;

describe('workflowFaults', () => {
  test('finds nothing in a workflow that keeps the rules', () => {
    expect(workflowFaults(good, repository)).toEqual([]);
  });

  test.each([
    ['on: { push: {} }', 'on: { pull_request_target: {} }', 'runs a stranger’s code'],
    ['permissions: { contents: read }', '', 'more rights than contents: read'],
    ['contents: read }', 'contents: write }', 'more rights than contents: read'],
    ['contents: read }', 'contents: read, packages: write }', 'more rights than contents: read'],
    ['concurrency: one', '', 'has no concurrency'],
    ['    timeout-minutes: 5\n', '', 'work has no timeout'],
    ['checkout@v7', 'checkout@main', 'actions/checkout@main has no version'],
    ['persist-credentials: false', 'fetch-depth: 1', 'checkout keeps its token'],
    ['npm run check', 'npm run chek', 'calls npm run chek, which is not there'],
    ['npm run check', 'npm run --silent chek', 'calls npm run chek, which is not there'],
    ['install.sh', 'instal.sh', 'names deploy/faasd/instal.sh, which is not there'],
    ['--help', '${{ inputs.tag }}', 'holds an expression'],
  ])('finds a workflow that has not "%s" but "%s"', (right, wrong, fault) => {
    const faults = workflowFaults(good.replace(right, wrong), repository);

    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});

describe('.github/workflows', () => {
  test.each(files)('%s keeps the rules', (file) => {
    expect(workflowFaults(read(file), repository)).toEqual([]);
  });

  test('make an image of every bundle', () => {
    const images = parse(read('.github/workflows/images.yml')) as {
      jobs: { function: { strategy: { matrix: { function: string[] } } } };
    };
    const built = images.jobs.function.strategy.matrix.function;

    expect(built.toSorted()).toEqual(Object.keys(bundles).sort());
  });
});
