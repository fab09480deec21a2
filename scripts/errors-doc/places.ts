import type { ErrorCode } from '#shared/core/errors';

/**
 * Where a person meets an error: an HTTP answer, an upload given up, a conversion that failed, an
 * MP3 that was made and is damaged since.
 */
export type Place = 'answer' | 'upload' | 'conversion' | 'result';

/** The places of each code, in the order of the document. */
export const places: Readonly<Record<ErrorCode, readonly Place[]>> = {
  bad_request: ['answer', 'upload'],
  invalid_input: ['answer', 'upload'],
  unauthorized: ['answer'],
  forbidden: ['answer'],
  not_found: ['answer'],
  method_not_allowed: ['answer'],
  conflict: ['answer'],
  gone: ['answer'],
  payload_too_large: ['answer'],
  unsupported_media_type: ['answer'],
  range_not_satisfiable: ['answer'],
  idempotency_mismatch: ['answer'],
  impossible_options: ['answer', 'upload', 'conversion'],
  upload_incomplete: ['answer', 'upload'],
  upload_timeout: ['answer', 'upload'],
  rate_limited: ['answer'],
  too_many_jobs: ['answer'],
  unavailable: ['answer', 'upload', 'conversion'],
  not_media: ['answer', 'upload', 'conversion'],
  playlist: ['answer', 'upload', 'conversion'],
  encrypted: ['answer', 'upload', 'conversion'],
  no_audio: ['answer', 'upload', 'conversion'],
  no_such_track: ['conversion'],
  damaged: ['conversion'],
  truncated: ['conversion'],
  too_long: ['answer', 'upload', 'conversion'],
  too_large: ['answer', 'upload'],
  timeout: ['conversion'],
  resource_limit: ['conversion'],
  storage: ['answer', 'upload', 'conversion'],
  stored_file_damaged: ['answer', 'result', 'conversion'],
  internal: ['answer', 'upload', 'conversion'],
};
