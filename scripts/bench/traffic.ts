/** Bodies of zeros to and from the function that the emulator's own tests use. */
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { secondsOf } from './benchmark.ts';

const piece = Buffer.alloc(65_536);
const agent = new Agent({ keepAlive: true });

/** Seconds until the function has counted a body of so many bytes. */
export function upload(way: string, bytes: number): Promise<number> {
  return secondsOf(async () => {
    const call = request(`${way}/count`, { method: 'POST', agent });
    const answered = answerOf(call);
    await pipeline(Readable.from(pieces(bytes), { objectMode: false }), call);
    const counted = Number(await textOf(await answered));
    if (counted !== bytes) throw new Error(`${counted} of ${bytes} bytes arrived`);
  });
}

/** Seconds until so many bytes have come from the function. */
export function download(way: string, bytes: number): Promise<number> {
  return secondsOf(async () => {
    const answer = await answerOf(request(`${way}/give?bytes=${bytes}`, { agent }).end());
    let arrived = 0;
    answer.on('data', (chunk: Buffer) => (arrived += chunk.length));
    await once(answer, 'end');
    if (arrived !== bytes) throw new Error(`${arrived} of ${bytes} bytes came`);
  });
}

/** Seconds of a call that carries nothing. */
export function ping(way: string): Promise<number> {
  return secondsOf(async () => textOf(await answerOf(request(`${way}/count`, { agent }).end())));
}

function answerOf(call: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.once('response', resolve).once('error', reject);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  if (answer.statusCode !== 200) throw new Error(`the function answered ${answer.statusCode}`);
  return text;
}

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
}
