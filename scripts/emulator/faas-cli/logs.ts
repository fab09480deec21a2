import { parseJsonObject, stringOf } from '../json.ts';
import { CliError, type Gateway } from './gateway.ts';

export interface LogFlags {
  readonly follow?: boolean;
  /** -1, the default: all there are. */
  readonly tail?: number;
  readonly since?: Date;
  /** Called for each line as it comes; true is Ctrl-C. */
  readonly isEnough?: (text: string) => boolean;
}

/** Follows unless told not to; ends with the stream, or by Ctrl-C. */
export async function logs(gateway: Gateway, name: string, flags: LogFlags = {}): Promise<string> {
  const { isEnough = () => false } = flags;
  const answer = await gateway.open('GET', `/system/logs?${queryOf(name, flags).toString()}`);
  if (answer.status !== 200 || answer.body === null) {
    throw new CliError(`server returned unexpected status code: ${answer.status}`);
  }
  const printed: string[] = [];
  for await (const line of linesOf(answer.body)) {
    printed.push(textOf(line));
    if (isEnough(printed.at(-1) ?? '')) break;
  }
  return printed.join('\n');
}

/** Whoever stops reading cuts the connection. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function queryOf(name: string, { follow = true, tail = -1, since }: LogFlags): URLSearchParams {
  const query = new URLSearchParams({ name, follow: String(follow) });
  if (since !== undefined) query.set('since', since.toISOString().replace(/\.\d+Z$/u, 'Z'));
  if (tail !== 0) query.set('tail', String(tail));
  return query;
}

/** Go decodes the time stamp strictly; the rest it takes as it is. */
function textOf(line: string): string {
  const message = parseJsonObject(line);
  const timestamp = stringOf(message?.['timestamp']) ?? '';
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/u.test(timestamp)) {
    throw new CliError(`cannot parse log results: ${line}`);
  }
  return stringOf(message?.['text']) ?? '';
}
