import { AppError } from '#shared/core/errors';

/** The fields of an `application/x-www-form-urlencoded` body; of a repeated one the last. */
export function parseForm(
  contentType: string | undefined,
  body: string,
): Readonly<Record<string, string>> {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new AppError('unsupported_media_type', 'Send a form: token=… (RFC 7662 §2.1).');
  }
  return Object.fromEntries(new URLSearchParams(body));
}
