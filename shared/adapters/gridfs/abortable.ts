/**
 * The same pieces, until the signal aborts: then rejects with its reason at once, also while the
 * source stands still. The source is told to end and not waited for.
 */
export async function* abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  if (!signal) {
    yield* source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await orAborted(iterator.next(), signal);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // A source that stands still answers never; one that fails now has nobody to tell.
    iterator.return?.().catch(() => undefined);
  }
}

// Not Promise.race against one promise for all steps: each race would leave a listener on it.
function orAborted<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(toError(signal.reason));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    step.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Aborted.', { cause: reason });
}
