import type { ChildProcess } from 'node:child_process';

const graceMs = 500;

/**
 * Ends a process and all it started: asks its group, then forces it after half a second. The child
 * is the leader of its group (`setsid`); where it is not, it alone is signalled.
 */
export function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(force));
}

/** Whether the process is over. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || hasEnded(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // No such group: the child has not come as far as setsid, or the machine has none.
    child.kill(signal);
  }
}
