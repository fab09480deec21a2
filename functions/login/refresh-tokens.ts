/** Opaque refresh tokens: who holds one holds the session, so only its hash is stored. */
export interface RefreshTokens {
  create(): string;
  hash(token: string): string;
}
