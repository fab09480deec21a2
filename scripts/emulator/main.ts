import { writeFileSync } from 'node:fs';

import { HELP, parseCommandLine } from './command-line.ts';
import { startEmulator, type Emulator } from './emulator.ts';

const command = parseCommandLine(process.argv.slice(2));

if (command.isHelp) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const report = (line: string): void => console.log(line);
  const emulator = await startEmulator({ ...command.emulator(), report });
  const { gatewayUrl, metricsUrl, pid } = emulator;
  report(`gateway ${gatewayUrl}, metrics ${metricsUrl}`);
  if (command.readyFile !== undefined) {
    writeFileSync(command.readyFile, JSON.stringify({ gatewayUrl, metricsUrl, pid }));
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stopInOrder(emulator));
  }
}

async function stopInOrder(emulator: Emulator): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(signal).once(signal, () => killAll(emulator));
  }
  await emulator.stop();
  process.exit(0);
}

function killAll(emulator: Emulator): void {
  emulator.kill();
  process.exit(1);
}
