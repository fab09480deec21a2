/**
 * Every way something can go wrong that a person or a machine outside is told about.
 *
 * A code is stable: it appears in HTTP answers, in a job's `error`, in mails and in the documents.
 * Each code has one HTTP status, one fate (what becomes of a job that fails with it), one
 * sentence and one remedy. A new code does not compile until all four tables know it.
 * docs/errors.md is made of them.
 */
export type ErrorCode =
  // The request
  | 'bad_request'
  | 'invalid_input'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'gone'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'idempotency_mismatch'
  | 'impossible_options'
  | 'upload_incomplete'
  | 'upload_timeout'
  | 'rate_limited'
  | 'too_many_jobs'
  | 'unavailable'
  // The video
  | 'not_media'
  | 'playlist'
  | 'encrypted'
  | 'no_audio'
  | 'no_such_track'
  | 'damaged'
  | 'truncated'
  | 'too_long'
  | 'too_large'
  // The work
  | 'timeout'
  | 'resource_limit'
  | 'storage'
  | 'stored_file_damaged'
  | 'internal';

/** The HTTP status of each code (RFC 9110). */
export const httpStatus = {
  bad_request: 400,
  invalid_input: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  idempotency_mismatch: 422,
  impossible_options: 422,
  upload_incomplete: 400,
  upload_timeout: 408,
  rate_limited: 429,
  too_many_jobs: 429,
  unavailable: 503,
  not_media: 415,
  playlist: 415,
  encrypted: 422,
  no_audio: 422,
  no_such_track: 422,
  damaged: 422,
  truncated: 422,
  too_long: 422,
  too_large: 413,
  timeout: 503,
  resource_limit: 422,
  storage: 503,
  stored_file_damaged: 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/**
 * How many attempts a job has when it fails with a code: 1 means that trying again cannot help.
 * What depends on the machine gets five, what may be the file's own doing gets two.
 */
export const attemptLimit = {
  bad_request: 1,
  invalid_input: 1,
  unauthorized: 1,
  forbidden: 1,
  not_found: 1,
  method_not_allowed: 1,
  conflict: 1,
  gone: 1,
  payload_too_large: 1,
  unsupported_media_type: 1,
  range_not_satisfiable: 1,
  idempotency_mismatch: 1,
  impossible_options: 1,
  upload_incomplete: 1,
  upload_timeout: 1,
  rate_limited: 5,
  too_many_jobs: 1,
  unavailable: 5,
  not_media: 1,
  playlist: 1,
  encrypted: 1,
  no_audio: 1,
  no_such_track: 1,
  damaged: 1,
  truncated: 1,
  too_long: 1,
  too_large: 1,
  timeout: 2,
  resource_limit: 2,
  storage: 5,
  stored_file_damaged: 5,
  internal: 5,
} as const satisfies Record<ErrorCode, number>;

/** What happened, told to a person when nothing more precise is known. */
export const sentence = {
  bad_request: 'The request could not be read.',
  invalid_input: 'Some of what was sent is not valid. The list of errors says which and why.',
  unauthorized: 'A valid access token is needed.',
  forbidden: 'This account may not do that.',
  not_found: 'There is nothing here under this address for this account.',
  method_not_allowed: 'This address does not take that method.',
  conflict: 'The present state does not allow this.',
  gone: 'The MP3 was kept for its time and is deleted.',
  payload_too_large: 'The request is larger than this address takes.',
  unsupported_media_type: 'This address does not take that Content-Type.',
  range_not_satisfiable: 'The range lies outside the file.',
  idempotency_mismatch: 'This Idempotency-Key was used for another request.',
  impossible_options: 'No MP3 can be made with these options.',
  upload_incomplete: 'The upload ended before the whole file arrived.',
  upload_timeout: 'The upload stood still or took too long.',
  rate_limited: 'There were too many requests.',
  too_many_jobs: 'Too many conversions of this account are under way.',
  unavailable: 'A part of the service does not answer.',
  not_media: 'This file is not a video or a sound recording that can be read here.',
  playlist: 'This is a list of other files or addresses, not the video itself.',
  encrypted: 'This file is encrypted (DRM), so its sound cannot be read.',
  no_audio: 'This video has no sound, so there is nothing to make an MP3 of.',
  no_such_track: 'This video has no sound track of that number or language.',
  damaged: 'Part of the sound in this file is damaged.',
  truncated: 'This file ends too early: a part of it is missing.',
  too_long: 'This video is longer than what is converted here.',
  too_large: 'This file is larger than what is taken here.',
  timeout: 'The conversion took too long and was stopped.',
  resource_limit: 'This file needs more memory or time to read than a conversion is given.',
  storage: 'The storage did not answer in time.',
  stored_file_damaged: 'A part of the stored file is missing.',
  internal: 'Something went wrong on our side.',
} as const satisfies Record<ErrorCode, string>;

/** What the person can do about it: stands beside the sentence in answers, jobs and mails. */
export const remedy = {
  bad_request: 'Check the format of the request and send it again.',
  invalid_input: 'Correct what the list of errors names and send it again.',
  unauthorized: 'Log in and send the access token as a Bearer token.',
  forbidden: 'Ask somebody whose account may.',
  not_found: 'Check the address, and that you are logged in with the right account.',
  method_not_allowed: 'Use one of the methods that the Allow header names.',
  conflict: 'Look at the present state and decide anew.',
  gone: 'Upload the video again.',
  payload_too_large: 'Send less at once.',
  unsupported_media_type: 'Send it with the Content-Type that the address takes.',
  range_not_satisfiable: 'Ask for a range within the length that Content-Range tells.',
  idempotency_mismatch: 'Use a new key for a new request.',
  impossible_options: 'Change the options that are named, or leave them out, and send it again.',
  upload_incomplete: 'Send the file again.',
  upload_timeout: 'Send the file again, over a better connection if there is one.',
  rate_limited: 'Wait as long as Retry-After says, then try again.',
  too_many_jobs: 'Wait until one of them is done, or cancel one.',
  unavailable: 'Nothing is lost: try again in a moment.',
  not_media: 'Upload a video or a sound recording, or export this one in another format.',
  playlist: 'Upload the video that the list names.',
  encrypted: 'Upload a version without copy protection, if you have the right to one.',
  no_audio: 'Upload a video that has sound.',
  no_such_track: 'Upload it again with one of the tracks that it has, or leave the track out.',
  damaged:
    'Export or copy the video again and upload that, or ask for what there is (allowPartial).',
  truncated:
    'Copy the video again from where it is whole, or ask for what there is (allowPartial).',
  too_long: 'Cut the video into parts and upload them one by one.',
  too_large: 'Upload a smaller version: only the sound is used.',
  timeout: 'Try it once more; if it ends the same, upload a shorter part.',
  resource_limit:
    'Export the video in a common format, such as MP4 with AAC sound, and upload that.',
  storage: 'Nothing is lost: try again in a moment.',
  stored_file_damaged: 'Upload the video again.',
  internal: 'Try it once more; if it ends the same, tell us the request id.',
} as const satisfies Record<ErrorCode, string>;

/** One thing wrong with what was sent: `path` as in `options.bitrate`, `message` in words. */
export interface InputProblem {
  readonly path: string;
  readonly message: string;
}

/** What else an {@link AppError} may carry to the outside. */
export interface ErrorDetails {
  /** The error this one answers for; logged, never sent. */
  readonly cause?: unknown;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** With `invalid_input` and `impossible_options`: every problem found, not just the first. */
  readonly problems?: readonly InputProblem[];
  /** What the status demands (RFC 9110): `allow` with 405, `content-range` with 416. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error that may be shown: `code` from the closed list, `message` written for a person.
 * Everything else that is thrown is `internal` and stays inside.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly problems: readonly InputProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string = sentence[code], details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.problems = details.problems ?? [];
    this.headers = details.headers ?? {};
  }
}

/** The same error as an {@link AppError}: itself, or `internal` with it as the cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new AppError('internal', sentence.internal, { cause: error });
}
