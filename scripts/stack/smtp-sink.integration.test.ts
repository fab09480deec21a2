import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import type { SMTPServer } from 'smtp-server';
import { type SinkMode, writeSinkMode } from './smtp-sink-mode.ts';
import { createSink } from './smtp-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'smtp-sink-'));
const mailDir = join(folder, 'mail');
const controlFile = join(folder, 'smtp-sink.json');
const printed: string[] = [];
let sink: SMTPServer;

beforeAll(async () => {
  sink = createSink({ mailDir, controlFile, print: (line) => void printed.push(line) });
  sink.listen(0, '127.0.0.1');
  await once(sink.server, 'listening');
});

afterAll(async () => {
  await new Promise<void>((resolve) => sink.close(resolve));
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  writeSinkMode(controlFile, 'accept');
  for (const mail of readdirSync(mailDir)) rmSync(join(mailDir, mail));
  printed.length = 0;
});

async function send(text = 'Your MP3 is ready.'): Promise<unknown> {
  const { port } = sink.server.address() as AddressInfo;
  const mailer = createTransport({ host: '127.0.0.1', port, socketTimeout: 500 });
  const mail = { from: 'a@example.org', to: 'b@example.org', subject: 'Done', text };
  return mailer.sendMail(mail).finally(() => mailer.close());
}

describe('createSink', () => {
  test('keeps each mail as one file and prints one line for it', async () => {
    await send('first');
    await send('second');
    const names = readdirSync(mailDir).sort();
    expect(names.map((name) => readFileSync(join(mailDir, name), 'utf8'))).toEqual([
      expect.stringContaining('first'),
      expect.stringContaining('second'),
    ]);
    expect(printed).toEqual(names.map((name) => `${name} from a@example.org to b@example.org`));
  });

  test.each<[SinkMode, number]>([
    ['refuse421', 421],
    ['refuse451', 451],
    ['refuse550', 550],
  ])('told to %s answers %i and keeps nothing', async (mode, responseCode) => {
    writeSinkMode(controlFile, mode);
    await expect(send()).rejects.toMatchObject({ responseCode });
    expect(readdirSync(mailDir)).toEqual([]);
  });

  test.each<[SinkMode, string]>([
    ['stall', 'ETIMEDOUT'],
    ['drop', 'ECONNECTION'],
  ])('told to %s leaves the sender without an answer (%s)', async (mode, code) => {
    writeSinkMode(controlFile, mode);
    await expect(send()).rejects.toMatchObject({ code });
    expect(readdirSync(mailDir)).toEqual([]);
  });

  test('takes mails again once it is told to accept', async () => {
    writeSinkMode(controlFile, 'refuse421');
    await expect(send()).rejects.toMatchObject({ responseCode: 421 });
    writeSinkMode(controlFile, 'accept');
    await send();
    expect(readdirSync(mailDir)).toHaveLength(1);
  });
});
