/** Something in the product that keeps a promise, and the test that would miss it. */
export interface Guard {
  /** The promise of the README that breaks with it, by its number: `I1` to `I13`. */
  readonly invariant: string;
  /** What is broken, as a person would say it. */
  readonly broken: string;
  readonly file: string;
  /** Text that the file has exactly once, and what stands there when the guard is broken. */
  readonly text: string;
  readonly instead: string;
  readonly test: GuardTest;
}

/** Tests of one file whose name holds `title`. */
export interface GuardTest {
  readonly kind: 'unit' | 'integration';
  readonly file: string;
  readonly title: string;
}

/** The file with its guard broken. Throws where the text is not there exactly once. */
export function broken(source: string, { file, text, instead }: Guard): string {
  const parts = source.split(text);
  if (parts.length !== 2) throw new Error(`${file} has this ${parts.length - 1} times: ${text}`);
  return parts.join(instead);
}

/** A test of the store on a real Postgres. */
export function inStore(title: string): GuardTest {
  return { kind: 'integration', file: 'shared/adapters/postgres/store.integration.test.ts', title };
}

/** A test of one conversion on fakes. */
export function inConvertJob(title: string): GuardTest {
  return { kind: 'unit', file: 'functions/convert/convert-job.test.ts', title };
}

/** A test of the sweep's steps on fakes. */
export function inSweep(title: string): GuardTest {
  return { kind: 'unit', file: 'functions/sweep/sweep.test.ts', title };
}
