import type { Outcome } from './call-function.ts';
import type { QueuedCall } from './call-queue.ts';

/** Posts what came of a call to its X-Callback-Url; rejects when nobody takes it. */
export async function callBack(
  url: string,
  { callId, name }: QueuedCall,
  { status, headers, body, seconds }: Outcome,
  signal: AbortSignal,
): Promise<void> {
  const sent = new Headers();
  for (const [header, values] of Object.entries(headers)) {
    if (header !== 'content-length') for (const value of values) sent.append(header, value);
  }
  sent.set('X-Call-Id', callId);
  sent.set('X-Duration-Seconds', seconds.toFixed(6));
  sent.set('X-Function-Status', String(status));
  sent.set('X-Function-Name', name);
  const post = { method: 'POST', headers: sent, body: new Uint8Array(body), signal };
  const answer = await fetch(url, post);
  await answer.body?.cancel();
}
