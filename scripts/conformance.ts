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
  const stopAll = async (): Promise<void> => {
    for (const failure of [...(await perItem.undoAll()), ...(await perRun.undoAll())]) {
      print(`left behind: ${String(failure)}`);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopAll().finally(() => process.exit(130)));
  }
  const outcomes: Outcome[] = [];
  try {
    const ground = await groundOf(options, { perItem, perRun, print });
    for (const [index, item] of items.entries()) {
      const number = index + 1;
      if (options.only.length > 0 && !options.only.includes(number)) continue;
      outcomes.push(await runItem(number, item, ground));
    }
  } finally {
    await stopAll();
  }
  print(summaryLine(outcomes, (performance.now() - begun) / 1_000));
  return outcomes.includes('failed') ? 1 : 0;
}

function print(line: string): void {
  console.log(line);
}
