const userWithoutPassword = /^([a-z][a-z\d+.-]*:\/\/[^/?#@:]+)@/i;

/**
 * The address with the password put behind its user (percent-encoded), for servers whose password
 * is a secret of its own. An address that names no user, or has a password already, stays as it
 * is. Takes lists of hosts, as MongoDB's addresses may have them.
 */
export function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  return url.replace(
    userWithoutPassword,
    (_, user: string) => `${user}:${encodeURIComponent(password)}@`,
  );
}
