import * as v from 'valibot';
import { readJson, writeAtomically } from './files.ts';

/**
 * What the sink does with the next mail: takes it, refuses its sender by that SMTP code, takes its
 * bytes and never answers, or takes its bytes and cuts the connection.
 */
const SINK_MODES = ['accept', 'refuse421', 'refuse451', 'refuse550', 'stall', 'drop'] as const;

export type SinkMode = (typeof SINK_MODES)[number];

const control = v.object({ mode: v.picklist(SINK_MODES) });

/** The mode in the control file; `accept` when there is none. */
export function readSinkMode(controlFile: string): SinkMode {
  const parsed = v.safeParse(control, readJson(controlFile));
  return parsed.success ? parsed.output.mode : 'accept';
}

export function writeSinkMode(controlFile: string, mode: SinkMode): void {
  writeAtomically(controlFile, `${JSON.stringify({ mode })}\n`);
}
