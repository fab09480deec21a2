/** What nodemailer is told of a server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  /** Whether STARTTLS has to succeed before anything else is said. */
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The server of `smtps://user:password@host:port` (TLS at once; port 465) or `smtp://…` (STARTTLS;
 * port 587). TLS is required but on loopback, and but where the address itself ends in
 * `?requireTLS=false`, for a mail catcher. TypeError for every other address, which is not quoted
 * because it may hold a password.
 */
export function parseServerAddress(url: string): ServerAddress {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address?.hostname || !/^smtps?:$/.test(address.protocol)) {
    throw new TypeError('The address of the mail server is not smtp://host:port or smtps://….');
  }
  const { hostname, port, username, password, searchParams } = address;
  const secure = address.protocol === 'smtps:';
  const user = decodeURIComponent(username);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !loopback.test(hostname) && searchParams.get('requireTLS') !== 'false',
    ...(user && { auth: { user, pass: decodeURIComponent(password) } }),
  };
}
