import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { writeWhole } from './private-folder.ts';

/**
 * A script that runs `command` with an empty environment; returns its path. fluent-ffmpeg takes
 * one path and no more, and would hand our environment on. The script lies in `folder`, which must
 * be ours alone, and is named after its content, so restarts find it again.
 */
export async function writeWrapper(folder: string, command: readonly string[]): Promise<string> {
  const script = `#!/bin/sh\nexec env -i ${command.map(quoted).join(' ')} "$@"\n`;
  const name = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const path = join(folder, name);
  await writeWhole(path, script, 0o500);
  return path;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
