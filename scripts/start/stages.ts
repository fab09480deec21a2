import type { JobView } from '#shared/contracts/jobs';

/** Where a lasting and a passing line go. */
export interface Lines {
  readonly report: (line: string) => void;
  /** Absent where nobody watches a terminal. */
  readonly live?: (line: string) => void;
}

type Stage = 'upload' | 'queue' | 'conversion';

/** Tells of one file's way: a passing line while a stage goes on, a lasting one when it ends. */
export class Stages {
  readonly #lines: Lines;
  #stage: Stage = 'upload';
  #since = performance.now();

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  uploading(share: number): void {
    this.#lines.live?.(line('upload', share, this.#since));
  }

  uploaded(): void {
    this.#enter('queue');
  }

  changed({ state, progress, queue, estimatedSecondsLeft }: JobView): void {
    const rest = remainder(queue, estimatedSecondsLeft);
    if (state === 'queued') {
      this.#lines.live?.(`${line('queue', 0, this.#since)}${rest}`);
    } else if (state === 'running') {
      if (this.#stage === 'queue') this.#enter('conversion');
      this.#lines.live?.(`${line('conversion', progress, this.#since)}${rest}`);
    } else {
      // A short job may be over before anyone saw it run.
      if (this.#stage === 'queue') this.#enter('conversion');
      this.#finish();
    }
  }

  #enter(stage: Stage): void {
    this.#finish();
    this.#stage = stage;
    this.#since = performance.now();
  }

  #finish(): void {
    this.#lines.live?.('');
    this.#lines.report(line(this.#stage, 1, this.#since));
  }
}

function line(stage: Stage, share: number, since: number): string {
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const percent = stage === 'queue' ? '' : `${Math.floor(share * 100)} %`;
  return `  ${stage.padEnd(10)} ${percent.padStart(6)} ${seconds.padStart(7)} s`;
}

/** `, 3 before it, about 12 s left`, as far as that is known. */
function remainder(queue: JobView['queue'], secondsLeft: number | null): string {
  const ahead = queue === null ? '' : `, ${queue.ahead} before it`;
  return secondsLeft === null ? ahead : `${ahead}, about ${secondsLeft} s left`;
}
