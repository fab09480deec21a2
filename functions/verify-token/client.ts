import { AppError } from '#shared/core/errors';

/** The services that may ask about tokens share one name and secret. */
export interface ClientDeps {
  readonly clientSecret: string;
  /** Compares in constant time. */
  readonly isSameSecret: (given: string, secret: string) => boolean;
}

const clientId = 'introspection';

/**
 * Lets pass who sends client id and secret by HTTP Basic (RFC 6749 §2.3.1); others get
 * `unauthorized`, so that nobody fishes for tokens here (RFC 7662 §2.1).
 */
export function requireClient(
  { clientSecret, isSameSecret }: ClientDeps,
  authorization: string | undefined,
): void {
  const given = basicCredentials(authorization);
  if (given === undefined || !isSameSecret(given, `${clientId}:${clientSecret}`)) {
    throw new AppError(
      'unauthorized',
      'The client id and secret of the asking service are needed.',
      { headers: { 'www-authenticate': 'Basic realm="introspection"' } },
    );
  }
}

function basicCredentials(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    return atob(encoded);
  } catch {
    return undefined;
  }
}
