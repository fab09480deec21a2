import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { type SinkMode, readSinkMode } from './smtp-sink-mode.ts';

/*
 * A mail server that delivers nothing: each mail becomes one `.eml` file and one printed line. Its
 * mode is read at each mail, so that a test can make it refuse, stall or drop.
 */

export interface SinkOptions {
  mailDir: string;
  controlFile: string;
  print: (line: string) => void;
}

/** A sink that does not listen yet. */
export function createSink({ mailDir, controlFile, print }: SinkOptions): SMTPServer {
  mkdirSync(mailDir, { recursive: true });
  const sockets = new Map<number, Socket>();
  const sink = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onMailFrom: (_address, _session, callback) => callback(refusalOf(readSinkMode(controlFile))),
    onData: (stream, session, callback) => {
      const take = async (): Promise<void> => {
        const mail = await buffer(stream);
        const mode = readSinkMode(controlFile);
        if (mode === 'drop') sockets.get(session.remotePort)?.destroy();
        if (mode === 'drop' || mode === 'stall') return;
        print(`${await keep(mailDir, mail)} ${describe(session)}`);
        callback();
      };
      take().catch(callback);
    },
  });
  sink.server.on('connection', (socket: Socket) => remember(sockets, socket));
  return sink;
}

/** Whoever lists the folder sees whole mails only, in the order of their arrival. */
async function keep(mailDir: string, mail: Buffer): Promise<string> {
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}.eml`;
  const path = join(mailDir, name);
  const file = await open(`${path}.tmp`, 'wx', 0o600);
  await file.writeFile(mail);
  await file.sync();
  await file.close();
  await rename(`${path}.tmp`, path);
  return name;
}

function refusalOf(mode: SinkMode): Error | null {
  const responseCode = /^refuse(\d{3})$/.exec(mode)?.[1];
  if (responseCode === undefined) return null;
  return Object.assign(new Error('refused by the sink'), { responseCode: Number(responseCode) });
}

function describe({ envelope }: SMTPServerSession): string {
  const from = envelope.mailFrom ? envelope.mailFrom.address : '<>';
  return `from ${from} to ${envelope.rcptTo.map(({ address }) => address).join(', ')}`;
}

function remember(sockets: Map<number, Socket>, socket: Socket): void {
  const port = socket.remotePort;
  if (port === undefined) return;
  sockets.set(port, socket);
  socket.once('close', () => sockets.delete(port));
}
