/**
 * Asynchronous invocations as the community edition has them: the gateway queues, one worker posts
 * to the gateway's /function/NAME. The queue lives in memory and ends with the emulator.
 */
import type { Invoke } from '../gateway/invoke.ts';
import type { ExchangeLimits } from '../http/exchange-limits.ts';
import { callBack } from './call-back.ts';
import { callFunction } from './call-function.ts';
import { CallQueue, type QueuedCall } from './call-queue.ts';
import { createEnqueue } from './enqueue.ts';

export interface AsyncOptions {
  /** After how long the queue takes the worker for dead and delivers again. */
  readonly ackWaitMs: number;
}

export interface AsyncParts extends AsyncOptions {
  readonly gatewayUrl: () => string;
  readonly limits: ExchangeLimits;
  readonly report: (line: string) => void;
}

export interface AsyncInvocation {
  readonly enqueue: Invoke;
  /** Breaks off the call in progress and forgets those that wait. */
  readonly stop: () => void;
}

export function startAsync({ ackWaitMs, gatewayUrl, limits, report }: AsyncParts): AsyncInvocation {
  const stopping = new AbortController();
  const { signal } = stopping;
  const handle = async (call: QueuedCall): Promise<void> => {
    const outcome = await callFunction(call, gatewayUrl(), signal);
    if (signal.aborted || call.callbackUrl === undefined) return;
    await callBack(call.callbackUrl, call, outcome, signal).catch((error: unknown) => {
      report(`callback of ${call.name} (${call.callId}): ${String(error)}`);
    });
  };
  const queue = new CallQueue(handle, ackWaitMs);
  const stop = (): void => {
    const lost = queue.clear();
    stopping.abort();
    if (lost > 0) report(`${lost} queued calls are lost: the queue was in memory`);
  };
  return { enqueue: createEnqueue(queue, limits), stop };
}
