/**
 * `Content-Disposition: attachment` with a file name (RFC 6266): an ASCII fallback for old clients
 * and the name itself as `filename*` (RFC 8187). Whatever the name is, the value is a legal header.
 */
export function contentDisposition(name: string): string {
  const fallback = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  return `attachment; filename="${fallback}"; filename*=UTF-8''${encode(name)}`;
}

/** encodeURIComponent leaves four characters that RFC 8187 does not allow. */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
