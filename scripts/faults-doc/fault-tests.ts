import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A test of the fault suite, by what it promises. */
export interface FaultTest {
  /** A row of the matrix ("row 12") or a figure ("S3"). */
  readonly of: string;
  /** Who suffers, and what holds all the same. */
  readonly rule: string;
  /** The name of its file. */
  readonly file: string;
}

const folder = resolve(import.meta.dirname, '..', 'faults');
const suffix = '.faults.test.ts';

/** All tests of the fault suite, in the order of the matrix, figures last. */
export function faultTests(): readonly FaultTest[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return files.flatMap(testsOf).toSorted((one, other) => place(one) - place(other));
}

/** Titles are literals, so that a reader, and this, finds a row by its number. */
const words =
  /(?<before>describe\(\s*)?(?<!console\.\w+\(\s*)(?<quote>['"`])(?<text>(?:(?!\k<quote>).)+)\k<quote>/g;
const title = /^(?<of>row \d+|S\d+)[^:]*: (?<rule>.+)$/;

function testsOf(file: string): FaultTest[] {
  const tests: FaultTest[] = [];
  let subject = '';
  for (const { groups } of readFileSync(join(folder, file), 'utf8').matchAll(words)) {
    const text = groups?.['text'] ?? '';
    const { of, rule } = title.exec(text)?.groups ?? {};
    if (groups?.['before'] !== undefined) subject = text;
    else if (of !== undefined && rule !== undefined) {
      tests.push({ of, rule: `${subject} ${plain(rule)}`.trim(), file });
    }
  }
  return tests;
}

/** What a table of cases fills in is left open. */
function plain(rule: string): string {
  return rule.replaceAll(/%[a-z]|\$\{[^}]*\}|\$\w+/g, '…');
}

function place({ of }: FaultTest): number {
  return Number(/\d+/.exec(of)?.[0]) + (of.startsWith('S') ? 1_000 : 0);
}
