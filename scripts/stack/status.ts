import { isReachable, withoutPassword } from './reachable.ts';
import { type RunRecord, hasLiveProcess, listRecords } from './records.ts';

export interface ServerStatus {
  server: string;
  up: boolean;
  /** Absent for what was not started here. */
  pid?: number;
  /** Without its password. */
  address: string;
  how: string;
}

/** What the records of a stack say, each checked against the machine. */
export async function stackStatus(root: string): Promise<ServerStatus[]> {
  return Promise.all(listRecords(root).map(statusOf));
}

/** For a person: columns as wide as their longest cell. */
export function statusTable(statuses: ServerStatus[]): string {
  const rows = [['SERVER', 'STATE', 'PID', 'ADDRESS', 'HOW'], ...statuses.map(cells)];
  const widthOf = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widthOf(column))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function cells({ server, up, pid, address, how }: ServerStatus): string[] {
  return [server, up ? 'up' : 'down', String(pid ?? '-'), address, how];
}

async function statusOf(record: RunRecord): Promise<ServerStatus> {
  const isRunning = record.process === undefined || (record.ready && hasLiveProcess(record));
  return {
    server: record.name,
    up: isRunning && (await isReachable(record.address)),
    ...(record.process && { pid: record.process.pid }),
    address: withoutPassword(record.address),
    how: record.how,
  };
}
