import { parseArgs } from 'node:util';
import { createSink } from './smtp-sink.ts';

/* The sink as a process of its own, started by smtp.ts. */

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'mail-dir': { type: 'string' },
    control: { type: 'string' },
  },
});

const { port, control, 'mail-dir': mailDir } = values;
if (!port || !control || !mailDir) {
  throw new TypeError('needs --port N --mail-dir FOLDER --control FILE');
}

const sink = createSink({
  mailDir,
  controlFile: control,
  print: (line) => void process.stdout.write(`${line}\n`),
});
sink.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
