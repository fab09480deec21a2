import { get } from 'node:http';

const PROBE_TIMEOUT_MS = 1_000;

/** The status the child answers its ready_path with; 503 when it does not answer. */
export function probeReadiness(url: URL): Promise<number> {
  return new Promise((resolve) => {
    const call = get(url, { timeout: PROBE_TIMEOUT_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 503);
    });
    call.once('timeout', () => void call.destroy());
    call.once('error', () => resolve(503));
    call.once('close', () => resolve(503));
  });
}
