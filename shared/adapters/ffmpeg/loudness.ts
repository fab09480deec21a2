import { AppError, sentence } from '#shared/core/errors';
import type { Loudness } from '#shared/core/loudness';
import type { SampleRequest } from '#shared/core/ports';
import { fromSamples } from './from-samples.ts';

/** Measures samples; see Transcoder in shared/core/ports.ts. */
export async function measureLoudness(
  request: SampleRequest,
  pcm: AsyncIterable<Uint8Array>,
): Promise<Loudness | undefined> {
  const summary = new Summary();
  const options = ['-nostats', '-v', 'info', '-af', 'ebur128=peak=true:framelog=verbose'];
  const output = fromSamples(request, pcm, [...options, '-f', 'null'], (line) =>
    summary.hear(line),
  );
  await Array.fromAsync(output);
  return summary.loudness();
}

/** Sound that is softer, or shorter than 0.4 s, has no loudness. */
const gateLufs = -70;

/** What the filter says at the end: `I: -23.0 LUFS`, `Peak: -3.1 dBFS`. */
class Summary {
  #lufs: number | undefined;
  #truePeakDb: number | undefined;

  hear(line: string): void {
    this.#lufs = valueOf(/^\s*I:\s+(\S+) LUFS$/, line) ?? this.#lufs;
    this.#truePeakDb = valueOf(/^\s*Peak:\s+(\S+) dBFS$/, line) ?? this.#truePeakDb;
  }

  loudness(): Loudness | undefined {
    if (this.#lufs === undefined || this.#truePeakDb === undefined) {
      const cause = new Error('ffmpeg measured no loudness');
      throw new AppError('internal', sentence.internal, { cause });
    }
    const isAudible = this.#lufs > gateLufs;
    return isAudible ? { lufs: this.#lufs, truePeakDb: this.#truePeakDb } : undefined;
  }
}

function valueOf(pattern: RegExp, line: string): number | undefined {
  const [, text] = pattern.exec(line) ?? [];
  if (text === undefined) return undefined;
  return text === '-inf' ? -Infinity : Number(text);
}
