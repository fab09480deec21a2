/** One address of one person. */
export interface EmailAddress {
  /** To write to: trimmed, NFC, the domain as DNS knows it (lower case, punycode). */
  readonly email: string;
  /** What makes it unique: `email` with its local part in lower case too. */
  readonly emailKey: string;
}

const longestAddress = 254;
const longestLocalPart = 64;
// Atoms of RFC 5322, and letters beyond ASCII (RFC 6531). What is not here cannot be mistaken for
// a second recipient, a comment or another header: quotes, commas, brackets, spaces, controls.
const localPart =
  /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const typedDomain = /^[\p{L}\p{N}\p{M}.。．｡-]+$/u;
const dnsDomain = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d-]{2,63}$/;

/**
 * Reads what a person typed as their e-mail address; undefined where it is not exactly one address
 * of at most 254 bytes. Lets pass addr-spec of RFC 5322 without quoted strings, comments and
 * address literals. Case never tells two people apart; other spellings that only look alike do,
 * except in domains, which UTS #46 folds (a full-width `ｘ.com` is `x.com`).
 */
export function parseEmail(typed: string): EmailAddress | undefined {
  const address = typed.trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = dnsName(address.slice(at + 1));
  if (domain === undefined || !localPart.test(local) || bytes(local) > longestLocalPart) {
    return undefined;
  }
  const email = `${local}@${domain}`;
  if (bytes(email) > longestAddress) return undefined;
  return { email, emailKey: `${local.toLowerCase().normalize('NFC')}@${domain}` };
}

/** The name as DNS knows it; undefined for addresses of machines and for names without a dot. */
function dnsName(domain: string): string | undefined {
  // URL would decode percent signs and take ports and paths.
  const url = typedDomain.test(domain) ? URL.parse(`http://${domain}`) : null;
  return url !== null && dnsDomain.test(url.hostname) ? url.hostname : undefined;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
