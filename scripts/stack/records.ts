import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, writeAtomically } from './files.ts';
import { endProcess, isAlive } from './processes.ts';

const runRecord = v.object({
  name: v.string(),
  /** Which way was chosen, and why: one phrase for a person. */
  how: v.string(),
  /**
   * A URL, or a path for a program. May hold a password: records are readable by the owner only.
   */
  address: v.string(),
  /** Absent for what was not started here. */
  process: v.optional(
    v.object({
      pid: v.number(),
      startTime: v.string(),
      stopSignal: v.picklist(['SIGTERM', 'SIGINT']),
    }),
  ),
  /** False from the start of the process until the server answered. */
  ready: v.boolean(),
  startedAtMs: v.number(),
});

/** What is known of one server of a stack, kept in `<root>/run/<name>.json`. */
export type RunRecord = v.InferOutput<typeof runRecord>;

export function readRecord(root: string, name: string): RunRecord | undefined {
  const parsed = v.safeParse(runRecord, readJson(pathOf(root, name)));
  return parsed.success ? parsed.output : undefined;
}

export function writeRecord(root: string, record: RunRecord): RunRecord {
  writeAtomically(pathOf(root, record.name), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** All records of the stack, the oldest first. */
export function listRecords(root: string): RunRecord[] {
  return recordNames(root)
    .map((name) => readRecord(root, name))
    .filter((record) => record !== undefined)
    .sort((one, other) => one.startedAtMs - other.startedAtMs);
}

/**
 * Ends the recorded process, if it is still that one, and forgets the record unless it is newer.
 */
export async function endRecorded(root: string, record: RunRecord): Promise<void> {
  if (record.process) await endProcess(record.process, record.process.stopSignal);
  const current = readRecord(root, record.name);
  if (current?.process?.pid !== record.process?.pid) return;
  rmSync(pathOf(root, record.name), { force: true });
}

export function hasLiveProcess(record: RunRecord): boolean {
  return record.process !== undefined && isAlive(record.process);
}

function recordNames(root: string): string[] {
  try {
    return readdirSync(join(root, 'run'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

function pathOf(root: string, name: string): string {
  return join(root, 'run', `${name}.json`);
}
