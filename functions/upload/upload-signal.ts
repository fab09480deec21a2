import { AppError } from '#shared/core/errors';

/** When an upload is over, for whatever holds on to it. */
export interface UploadSignal {
  /** Its reason is `upload_timeout` or `upload_incomplete`. */
  readonly signal: AbortSignal;
  /** To be called in any case: lets go of the body, also after success. */
  end(): void;
}

/** Aborts after `seconds`, and when `client` does: then the person is gone. */
export function uploadSignal(seconds: number, client: AbortSignal): UploadSignal {
  const over = new AbortController();
  const gone = () => over.abort(new AppError('upload_incomplete'));
  const timer = setTimeout(() => over.abort(new AppError('upload_timeout')), seconds * 1_000);
  client.addEventListener('abort', gone, { once: true });
  if (client.aborted) gone();
  return {
    signal: over.signal,
    end() {
      clearTimeout(timer);
      client.removeEventListener('abort', gone);
      gone();
    },
  };
}
