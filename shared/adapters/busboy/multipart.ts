import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError } from '#shared/core/errors';
import { feed } from './feed.ts';

/** A form with its one file: first the fields, then the file, whose bytes flow. */
export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    /** As the client sent it: untrusted. */
    readonly name: string;
    /** Ends only after the whole form was read and holds; else rejects. */
    readonly stream: AsyncIterable<Uint8Array>;
  };
}

/** The file field of every form. */
export const fileField = 'video';

/** A field for each option, each as long as the longest tag in the widest characters (38). */
const limits = { files: 1, fields: 19, fieldSize: 2_048, parts: 21 };

/**
 * Reads a `multipart/form-data` body (RFC 7578) up to the first byte of its file. Rejects with
 * `unsupported_media_type` for other types and with `bad_request` for what is no such form: it
 * stays rejected even where busboy goes on to report an end (security.md 38–44).
 *
 * `signal` ends everything at once, whatever the parser waits for: abort it when the form is no
 * longer wanted, also after success.
 */
export async function readMultipart(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<MultipartForm> {
  const parser = createParser(contentType);
  const settled = settle(parser);
  const open = new Set<Readable>();
  const form = collect(parser, settled, open);
  const stop = () => parser.destroy(toError(signal.reason));
  signal.addEventListener('abort', stop, { once: true });
  parser.once('close', () => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  void feed(body, parser, () => {
    // busboy takes `--boundary--` right behind a file's headers for the end of the form, leaves the
    // file open and waits for ever.
    if (open.size > 0) parser.destroy(new AppError('bad_request', 'The video does not end.'));
  });
  return form;
}

function createParser(contentType: string | undefined): busboy.Busboy {
  if (!/^multipart\/form-data *(;|$)/i.test(contentType ?? '')) {
    throw new AppError('unsupported_media_type', 'Send the video as multipart/form-data.');
  }
  try {
    return busboy({ headers: { 'content-type': contentType }, defParamCharset: 'utf8', limits });
  } catch (error) {
    throw malformed(error);
  }
}

/**
 * Resolves when the whole form was read. An error wins over the finish and close that busboy
 * reports after it, because a promise settles once. The listener stays: busboy can report several
 * errors, and one without a listener ends the process.
 */
function settle(parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on('error', (error: unknown) => {
      reject(malformed(error));
      parser.destroy();
    });
    parser.on('close', resolve);
  });
}

function collect(
  parser: busboy.Busboy,
  settled: Promise<void>,
  open: Set<Readable>,
): Promise<MultipartForm> {
  const fields = new Map<string, string>();
  let hasFile = false;
  const refuse = (reason: string) => parser.destroy(new AppError('bad_request', reason));
  return new Promise((resolve, reject) => {
    parser.on('field', (name: string | undefined, value, { valueTruncated }) => {
      const reason = whyNoField({ name, valueTruncated, hasFile, isKnown: fields.has(name ?? '') });
      if (reason !== undefined) refuse(reason);
      else fields.set(name ?? '', value);
    });
    parser.on('file', (name: string | undefined, stream, { filename }) => {
      // Without a listener the stream's error would end the process.
      stream.on('error', () => undefined);
      // busboy finishes the piece at hand: what it finds after an error is not looked at.
      if (parser.destroyed) return;
      if (name !== fileField || !filename) {
        refuse(`Send the video as a file named “${fileField}”.`);
        return;
      }
      hasFile = true;
      noteEnd(stream, open);
      const file = { name: filename, stream: contentOf(stream, parser, settled) };
      resolve({ fields: Object.fromEntries(fields), file });
    });
    parser.on('filesLimit', () => refuse('Send one video at a time.'));
    parser.on('fieldsLimit', () => refuse(`Send at most ${limits.fields} fields.`));
    parser.on('partsLimit', () => refuse(`Send at most ${limits.parts} parts.`));
    settled.then(() => reject(new AppError('bad_request', 'The form has no video.')), reject);
  });
}

/**
 * Keeps the stream in `open` until busboy has pushed its end. No event tells of that: `end` comes
 * only when somebody has read everything.
 */
function noteEnd(stream: Readable, open: Set<Readable>): void {
  open.add(stream);
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) open.delete(stream);
    return push(chunk, encoding);
  };
}

interface FieldFacts {
  readonly name: string | undefined;
  readonly valueTruncated: boolean;
  readonly hasFile: boolean;
  readonly isKnown: boolean;
}

function whyNoField({ name, valueTruncated, hasFile, isKnown }: FieldFacts): string | undefined {
  if (name === undefined || name === '') return 'A part of the form has no name.';
  if (name === fileField) return 'The video has no file name, or is no file.';
  if (hasFile) return 'Send the options before the video.';
  if (isKnown) return 'An option is given twice.';
  return valueTruncated ? `An option is longer than ${limits.fieldSize} bytes.` : undefined;
}

async function* contentOf(
  stream: Readable,
  parser: busboy.Busboy,
  settled: Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of stream) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
    // What follows the file must hold too: the end of the form, above all.
    await settled;
  } catch (error) {
    await settled;
    throw error;
  } finally {
    parser.destroy();
  }
}

function malformed(cause: unknown): AppError {
  return cause instanceof AppError
    ? cause
    : new AppError('bad_request', 'The body is not a complete form.', { cause });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new AppError('upload_incomplete');
}
