import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..', '..');
const config = join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(import.meta.url)(config) as {
  forbidden: { name: string; comment?: string }[];
};

/** What the seeded files import. */
const targets: Record<string, string> = {
  'package.json': '{"type":"module","dependencies":{"pg":"1","valibot":"1"}}',
  'tsconfig.json': '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true}}',
  'node_modules/pg/package.json': '{"name":"pg","version":"1.0.0","main":"index.js"}',
  'node_modules/pg/index.js': 'export const a = 1;',
  'functions/other/other.ts': 'export const a = 1;',
  'scripts/tool.ts': 'export const a = 1;',
  'shared/contracts/things.ts': 'export const a = 1;',
  'shared/core/rules.ts': 'export const a = 1;',
  'shared/core/rules.test.ts': 'export const a = 1;',
  'shared/adapters/one/one.ts': 'export const a = 1;',
  'shared/runtime/run.ts': 'export const a = 1;',
};

/** One file that breaks each rule. */
const seeds: Record<string, [file: string, imported: string]> = {
  'shared-stays-below': ['shared/core/s1.ts', '../../functions/other/other.ts'],
  'functions-stand-alone': ['functions/mine/s2.ts', '../other/other.ts'],
  'functions-know-no-scripts': ['functions/mine/s3.ts', '../../scripts/tool.ts'],
  'core-is-pure': ['shared/core/s4.ts', 'node:fs'],
  'core-knows-core-and-contracts': ['shared/core/s5.ts', '../runtime/run.ts'],
  'core-takes-contracts-as-types': ['shared/core/s6.ts', '../contracts/things.ts'],
  'contracts-import-only-schemas': ['shared/contracts/s7.ts', '../core/rules.ts'],
  'use-case-knows-only-ports': ['functions/mine/s8.ts', '../../shared/runtime/run.ts'],
  'adapter-knows-no-adapter': ['shared/adapters/two/s9.ts', '../one/one.ts'],
  'adapter-knows-no-runtime': ['shared/adapters/two/s10.ts', '../../runtime/run.ts'],
  'driver-only-in-its-adapter': ['functions/mine/s11.ts', 'pg'],
  'runtime-knows-no-adapter': ['shared/runtime/s12.ts', '../adapters/one/one.ts'],
  'emulator-stands-alone': ['scripts/emulator/s13.ts', '../tool.ts'],
  'no-cycles': ['scripts/s14.ts', './s14.ts'],
  'only-tests-import-tests': ['functions/mine/s15.ts', '../../shared/core/rules.test.ts'],
};

describe('the import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
  let violations: { rule: { name: string }; from: string }[];

  beforeAll(() => {
    for (const [file, content] of Object.entries(targets)) write(folder, file, content);
    for (const [file, imported] of Object.values(seeds)) {
      write(folder, file, `import { a } from '${imported}';\nexport const a2 = a;\n`);
    }
    violations = cruise(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.entries(seeds))('%s catches its violation', (name, [file]) => {
    const caught = violations.filter(({ rule }) => rule.name === name).map(({ from }) => from);
    expect(caught).toContain(file);
  });

  test('have a seed and a reason each', () => {
    expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(seeds).sort());
    expect(forbidden.filter(({ comment }) => (comment ?? '').length < 20)).toEqual([]);
  });

  test('leave files alone that break none', () => {
    expect(violations.map(({ from }) => from)).not.toContain('shared/adapters/one/one.ts');
  });
});

function write(folder: string, file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function cruise(folder: string): { rule: { name: string }; from: string }[] {
  const report = join(folder, 'report.json');
  const args = ['--config', config, '--output-type', 'json', '--output-to', report];
  try {
    execFileSync('depcruise', [...args, 'functions', 'shared', 'scripts'], { cwd: folder });
  } catch {
    // It exits by the number of violations, and there are some.
  }
  const { summary } = JSON.parse(readFileSync(report, 'utf8')) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return summary.violations;
}
