import type { BellEvent } from '#shared/contracts/events';
import type {
  AccessClaims,
  AccessTokenSigner,
  AccessTokenVerifier,
  EventSigner,
  EventVerifier,
} from '#shared/core/ports';

const lifetimeSeconds = 900;

/** The value behind `prefix`, or undefined where the text is not one this fake made. */
function open(prefix: string, text: string): unknown {
  if (!text.startsWith(prefix)) return undefined;
  return JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString());
}

function seal(prefix: string, value: unknown): string {
  return prefix + Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Access tokens without a signature: `fake-access.` and the claims in base64url. */
export function createFakeAccessTokens(
  now: () => Date = () => new Date(),
): AccessTokenSigner & AccessTokenVerifier {
  const seconds = () => Math.floor(now().getTime() / 1000);
  let made = 0;
  return {
    sign({ userId, roles }) {
      made += 1;
      const claims: AccessClaims = {
        userId,
        roles,
        tokenId: `fake-token-${made}`,
        issuer: 'fake-issuer',
        audience: 'fake-audience',
        issuedAt: seconds(),
        expiresAt: seconds() + lifetimeSeconds,
      };
      const token = seal('fake-access.', claims);
      return Promise.resolve({ token, expiresInSeconds: lifetimeSeconds });
    },
    verify(token) {
      const claims = open('fake-access.', token) as AccessClaims | undefined;
      return Promise.resolve(claims && claims.expiresAt > seconds() ? claims : undefined);
    },
  };
}

/** Bells without a signature: `fake-event.` and the event in base64url. */
export function createFakeEvents(): EventSigner & EventVerifier {
  return {
    sign: (event) => Promise.resolve(seal('fake-event.', event)),
    verify: (jws) => Promise.resolve(open('fake-event.', jws) as BellEvent | undefined),
  };
}
