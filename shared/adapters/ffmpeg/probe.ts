import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { AppError, sentence } from '#shared/core/errors';
import type { Probe, SourceRequest } from '#shared/core/ports';
import { probedSourceOptionsFor } from './allowed.ts';
import { hearLines } from './capped-lines.ts';
import { Complaints } from './complaints.ts';
import { parseProbe, probeOptions } from './probe-output.ts';
import { endGroup } from './process-group.ts';

const maxOutputBytes = 1024 * 1024;

/**
 * Asks ffprobe about a served source. `command` is ffprobe with what holds it in front. Rejects
 * with `truncated` (an index that is missing), `no_audio`, `encrypted`, `not_media`,
 * `resource_limit`, or the signal's reason.
 */
export async function probe(
  command: readonly string[],
  { url, container, signal }: SourceRequest,
): Promise<Probe> {
  signal.throwIfAborted();
  const [program = 'ffprobe', ...prefix] = command;
  const child = spawn(
    program,
    [
      ...prefix,
      '-hide_banner',
      '-v',
      'warning',
      ...probedSourceOptionsFor(container),
      ...probeOptions,
      url,
    ],
    { env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const end = () => endGroup(child);
  signal.addEventListener('abort', end);
  try {
    const closed = once(child, 'close');
    const heard = hear(child.stderr);
    const json = await readText(child.stdout, end);
    await closed;
    signal.throwIfAborted();
    if (child.signalCode !== null || heard.complaints.isOutOfMemory) {
      throw new AppError('resource_limit');
    }
    if (child.exitCode !== 0) throw refusal(heard.complaints);
    return parseProbe(json, heard.isEstimate);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function hear(stderr: NodeJS.ReadableStream) {
  const heard = { complaints: new Complaints(), isEstimate: false };
  hearLines(stderr, (line) => {
    heard.complaints.hear(line);
    heard.isEstimate ||= line.includes('Estimating duration');
  });
  return heard;
}

async function readText(stdout: AsyncIterable<Buffer>, end: () => void): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdout) {
    bytes += piece.length;
    if (bytes <= maxOutputBytes) pieces.push(piece);
    else end();
  }
  if (bytes > maxOutputBytes) throw new AppError('resource_limit');
  return Buffer.concat(pieces).toString();
}

function refusal(complaints: Complaints): AppError {
  return complaints.hint === 'truncated'
    ? new AppError('truncated')
    : new AppError('not_media', sentence.not_media);
}
