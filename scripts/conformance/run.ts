import { Findings, outcomeOf, type Outcome } from './findings.ts';
import type { Context, Item } from './item.ts';
import { resultLines } from './report.ts';

const SILENT_MS = 2_000;

/** What stays the same for all items of a run. */
export type Ground = Omit<Context, 'findings' | 'doing'> & {
  /** Undoes what the item did; resolves with what could not be undone. */
  readonly tidy: () => Promise<unknown[]>;
  readonly print: (line: string) => void;
};

/** Runs one item and prints how it ended; nothing it does makes this reject. */
export async function runItem(number: number, item: Item, ground: Ground): Promise<Outcome> {
  const findings = new Findings();
  const begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1_000).toFixed(1);
  let what = 'under way';
  const ticking = setInterval(() => {
    ground.print(`${String(number).padStart(2)} …  ${what} (${seconds()} s)`);
  }, SILENT_MS);
  const doing = (now: string): void => void (what = now);
  try {
    await item.check({ ...ground, findings, doing });
  } catch (error) {
    findings.interrupted(error);
  }
  doing('removing what was deployed');
  for (const failure of await ground.tidy()) findings.interrupted(failure);
  clearInterval(ticking);
  for (const line of resultLines(number, item.title, findings.all, seconds())) ground.print(line);
  return outcomeOf(findings.all);
}
