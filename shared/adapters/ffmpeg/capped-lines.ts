const maxLine = 1024;
const maxInAll = 64 * 1024;

/**
 * The lines of what a program says. Of a line at most 1 KiB is kept and passed on, of everything
 * 64 KiB (characters); the rest goes by unread, so a program that talks without end, or without
 * ending a line, costs no memory.
 */
export class CappedLines {
  readonly #onLine: (line: string) => void;
  #line = '';
  #left = maxInAll;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next piece, which may begin and end anywhere. */
  push(text: string): void {
    const pieces = text.slice(0, this.#left).split(/\r\n|\r|\n/);
    this.#left = Math.max(0, this.#left - text.length);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.end();
      this.#line += piece.slice(0, maxLine - this.#line.length);
    }
  }

  /** Passes on the line that was begun. */
  end(): void {
    if (this.#line !== '') this.#onLine(this.#line);
    this.#line = '';
  }
}

/** Hears a program's stderr to its end. */
export function hearLines(stderr: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const lines = new CappedLines(onLine);
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => lines.push(text));
  stderr.on('end', () => lines.end());
}
