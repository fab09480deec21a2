import type { Notice } from './watch-job.ts';

/** Headers of an event stream; the last keeps nginx from collecting it. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** After this a browser connects again. */
const reconnectMs = 2_000;

/**
 * Notices as server-sent events (WHATWG HTML §9.2): `job` with a JobView as data and the time of
 * the change as id; a comment as the sign of life.
 */
export async function* eventStream(
  notices: AsyncIterable<Notice>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(`retry: ${reconnectMs}\n\n`);
  for await (const notice of notices) yield Buffer.from(eventText(notice));
}

function eventText(notice: Notice): string {
  if (notice === 'unchanged') return ': still here\n\n';
  return `event: job\nid: ${notice.updatedAt}\ndata: ${JSON.stringify(notice)}\n\n`;
}
