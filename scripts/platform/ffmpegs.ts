import { listPids, parentOf, programOf } from '../stack/process-table.ts';

/** Every ffmpeg and ffprobe that one of these processes, or one of theirs, has started. */
export function ffmpegsBelow(roots: readonly number[]): readonly number[] {
  const isBelow = (pid: number): boolean => {
    const parent = parentOf(pid);
    return parent !== undefined && parent > 1 && (roots.includes(parent) || isBelow(parent));
  };
  return listPids().filter((pid) => /^ff(mpeg|probe)$/.test(programOf(pid)) && isBelow(pid));
}
