import { HELP, parseCommandLine, type Command } from './conformance/command-line.ts';
import type { Outcome } from './conformance/findings.ts';
import { groundOf } from './conformance/ground.ts';
import { items } from './conformance/items.ts';
import { summaryLine } from './conformance/report.ts';
import { runItem } from './conformance/run.ts';
import { UndoList } from './conformance/undo.ts';

const command = readCommand();
if (command.isHelp) print(HELP);
else process.exitCode = await run(command);

function readCommand(): Command {
  try {
    return parseCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error(`${String(error instanceof Error ? error.message : error)}\n\n${HELP}`);
    return process.exit(2);
  }
}

async function run(options: Command): Promise<number> {
  const begun = performance.now();
  const perItem = new UndoList();
  const perRun = new UndoList();
  const interrupted = endOnSignals([perItem, perRun]);
  const outcomes: Outcome[] = [];
  try {
    const ground = await groundOf(options, { perItem, perRun, print: unless(interrupted) });
    for (const [index, item] of items.entries()) {
      const number = index + 1;
      if (options.only.length > 0 && !options.only.includes(number)) continue;
      outcomes.push(await runItem(number, item, ground));
    }
  } catch (error) {
    unless(interrupted)(String(error));
    return 1;
  } finally {
    await undo([perItem, perRun]);
  }
  print(summaryLine(outcomes, (performance.now() - begun) / 1_000));
  return outcomes.includes('failed') ? 1 : 0;
}

/** Ctrl-C removes what was deployed, while the item under way finds that it can do nothing more. */
function endOnSignals(lists: readonly UndoList[]): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupt.abort();
      for (const list of lists) list.close();
      void undo(lists).finally(() => process.exit(130));
    });
  }
  return interrupt.signal;
}

async function undo(lists: readonly UndoList[]): Promise<void> {
  for (const list of lists) {
    for (const failure of await list.undoAll()) print(`left behind: ${String(failure)}`);
  }
}

function unless(interrupted: AbortSignal): (line: string) => void {
  return (line) => {
    if (!interrupted.aborted) print(line);
  };
}

function print(line: string): void {
  console.log(line);
}
