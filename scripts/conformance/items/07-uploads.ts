import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { peakMemory } from '../host.ts';
import type { Context, Item } from '../item.ts';
import type { Probe } from '../probe.ts';

const CHUNK = Buffer.alloc(1_000_000);
const HELD_MS = 1_500;
/** What the kernels on the way may hold of a body that nobody reads. */
const HELD_BYTES = 64_000_000;
const FLAT_BYTES = 100_000_000;
const LONG_MS = 600_000;

export const uploads: Item = {
  title: 'Bodies are streamed: chunked, without Content-Length, held back when nobody reads',
  check: async (context) => {
    const { site, findings, doing, largeBytes } = context;
    const env = { exec_timeout: '10m', read_timeout: '10m', write_timeout: '10m' };
    const probe = await site.deploy('conformance-07', { envVars: env });
    const headers = { 'content-length': 4 };
    const seen = await probe.info('/info', { method: 'POST', headers, body: 'body' });
    findings.equal('a body arrives chunked', seen.headers['transfer-encoding'], 'chunked');
    findings.equal('Content-Length is lost', seen.headers['content-length'], undefined);

    doing('sending to a function that does not read');
    const accepted = await sendUnread(probe);
    findings.holds('the sender is held back', accepted < HELD_BYTES, `${accepted} bytes taken`);

    doing(`uploading ${largeBytes} bytes`);
    await checkLarge(context, probe);
  },
};

async function checkLarge({ site, findings, largeBytes }: Context, probe: Probe): Promise<void> {
  const memory = () => peakMemory(site.installation.processesFile);
  const before = memory();
  const call = { method: 'POST', body: Readable.from(zeros(largeBytes)), timeoutMs: LONG_MS };
  const { status, text } = await probe.call('/count', call);
  findings.equal('every byte arrives', [status, text], [200, `${largeBytes}\n`]);
  const after = memory();
  const rule = "the gateway's memory stays flat";
  if (before === undefined || after === undefined) {
    findings.unseen(rule, 'needs --processes on a machine with /proc');
  } else findings.holds(rule, after - before < FLAT_BYTES, `${after - before} bytes more`);
}

/** Sends until the connection takes no more, or enough was taken to see that nobody holds back. */
async function sendUnread(probe: Probe): Promise<number> {
  const body = new PassThrough();
  const { request } = probe.open(`/slow?key=unread&ms=${2 * HELD_MS}`, { method: 'POST', body });
  const end = performance.now() + HELD_MS;
  let sent = 0;
  while (performance.now() < end && sent < 4 * HELD_BYTES) {
    if (body.writableNeedDrain) await sleep(20);
    else {
      body.write(CHUNK);
      sent += CHUNK.length;
    }
  }
  const kept = body.writableLength + body.readableLength + request.writableLength;
  request.destroy();
  return sent - kept;
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
  }
}
