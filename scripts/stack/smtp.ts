import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { givenAddress } from './choice.ts';
import { launch, reuseOrStart } from './launch.ts';
import type { RunRecord } from './records.ts';
import type { Stack } from './stack.ts';
import { answersTcp } from './tcp.ts';

/** The mail server of SMTP_URL, or our own sink. */
export async function startSmtp(stack: Stack): Promise<RunRecord> {
  const given = await givenAddress(stack, 'smtp', 'SMTP_URL');
  return given ?? reuseOrStart(stack, 'smtp', () => startSink(stack));
}

/**
 * Where mails arrive as files; with a mail server of your own, MAIL_DIR says it when it does so.
 */
export function mailDirOf(stack: Pick<Stack, 'root' | 'env'>): string {
  const given = stack.env['SMTP_URL'] ? stack.env['MAIL_DIR'] : undefined;
  return given ?? join(stack.root, 'mail');
}

/** The file that switches the sink of the stack: see `SinkMode`. */
export function sinkControlFile(root: string): string {
  return join(root, 'smtp-sink.json');
}

async function startSink(stack: Stack): Promise<RunRecord> {
  const port = await stack.ports.pick('smtp');
  const program = fileURLToPath(new URL('smtp-sink-server.ts', import.meta.url));
  const options = {
    port: String(port),
    'mail-dir': mailDirOf(stack),
    control: sinkControlFile(stack.root),
  };
  return launch(stack, {
    name: 'smtp',
    how: 'own sink, no SMTP_URL',
    address: `smtp://127.0.0.1:${port}`,
    command: process.execPath,
    args: [program, ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
    answers: () => answersTcp(port),
  });
}
