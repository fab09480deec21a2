import { EventEmitter } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const KEPT_LINES = 1_000;

export interface LogLine {
  /** The replica that wrote it. */
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
}

/**
 * Each function's lines: all in DIRECTORY/<name>.log, the last ones in memory, new ones as events.
 */
export class LogStore {
  readonly #directory: string;
  readonly #files = new Map<string, WriteStream>();
  readonly #tails = new Map<string, LogLine[]>();
  readonly #lines = new EventEmitter<Record<string, [LogLine]>>().setMaxListeners(0);
  #isClosed = false;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** After `close` nothing is kept: what a killed process left in its pipe may come that late. */
  append(name: string, instance: string, text: string): void {
    if (this.#isClosed) return;
    const line = { instance, timestamp: new Date().toISOString(), text };
    const tail = this.#tailOf(name);
    tail.push(line);
    if (tail.length > KEPT_LINES) tail.shift();
    this.#fileOf(name).write(`${text}\n`);
    this.#lines.emit(name, line);
  }

  tail(name: string, count = KEPT_LINES): LogLine[] {
    return this.#tailOf(name).slice(-count);
  }

  /** Calls back for each new line until the returned function is called. */
  follow(name: string, onLine: (line: LogLine) => void): () => void {
    this.#lines.on(name, onLine);
    return () => void this.#lines.off(name, onLine);
  }

  /** Resolves when all that was appended is in the files. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#files.values(), (file) => finished(file.end())));
  }

  #tailOf(name: string): LogLine[] {
    const tail = this.#tails.get(name) ?? [];
    this.#tails.set(name, tail);
    return tail;
  }

  #fileOf(name: string): WriteStream {
    const file =
      this.#files.get(name) ??
      createWriteStream(join(this.#directory, `${name}.log`), { flags: 'a' });
    this.#files.set(name, file);
    return file;
  }
}
