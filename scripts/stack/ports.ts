import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, writeAtomically } from './files.ts';

const remembered = v.record(v.string(), v.number());

/** Below the range from which Linux and macOS take the ports of outgoing connections. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Free loopback ports by name, remembered in one file so that addresses stay the same. */
export class PortBook {
  readonly #file: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#file = fileOf(root);
  }

  /** The port of the last time when it is free, else another one. Calls wait for each other. */
  pick(name: string): Promise<number> {
    const next = this.#last.then(() => this.#pickAlone(name));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #pickAlone(name: string): Promise<number> {
    const ports = readPorts(this.#file);
    const port = await firstFree(ports[name], Object.values(ports));
    writeAtomically(this.#file, `${JSON.stringify({ ...ports, [name]: port }, null, 2)}\n`);
    return port;
  }
}

/** The ports that a stack remembers. */
export function listPorts(root: string): number[] {
  return Object.values(readPorts(fileOf(root)));
}

function fileOf(root: string): string {
  return join(root, 'ports.json');
}

function readPorts(file: string): Record<string, number> {
  const parsed = v.safeParse(remembered, readJson(file));
  return parsed.success ? parsed.output : {};
}

async function firstFree(last: number | undefined, taken: number[]): Promise<number> {
  if (last !== undefined && (await isFree(last))) return last;
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

/** Whether `port` of 127.0.0.1 can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
