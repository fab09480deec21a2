import type { Rotation, Sessions } from '#shared/core/ports';
import { later } from '#shared/testing/store-rows.fake';
import type { Rows } from '#shared/testing/store-rows.fake';

const GRACE_MS = 10_000;

/** The fake of Sessions. */
export function fakeSessions(rows: Rows): Sessions {
  const familyOf = (tokenHash: string) =>
    [...rows.sessions].find(([, session]) => session.usedAt.has(tokenHash));
  return {
    start: ({ familyId, userId, tokenHash, lifetimeSeconds }) =>
      later(() => {
        rows.sessions.set(familyId, {
          userId,
          expiresAt: rows.now() + lifetimeSeconds * 1_000,
          usedAt: new Map([[tokenHash, undefined]]),
        });
      }),
    rotate: (tokenHash, nextTokenHash) =>
      later((): Rotation => {
        const [familyId, session] = familyOf(tokenHash) ?? [];
        const user = session && rows.users.get(session.userId);
        if (!familyId || !user || session.expiresAt <= rows.now()) return { outcome: 'unknown' };
        const usedAt = session.usedAt.get(tokenHash);
        if (usedAt === undefined) {
          session.usedAt.set(tokenHash, rows.now()).set(nextTokenHash, undefined);
          return { outcome: 'rotated', user };
        }
        if (usedAt > rows.now() - GRACE_MS) return { outcome: 'raced' };
        rows.sessions.delete(familyId);
        return { outcome: 'reused' };
      }),
    end: (tokenHash) =>
      later(() => {
        const [familyId] = familyOf(tokenHash) ?? [];
        if (familyId !== undefined) rows.sessions.delete(familyId);
      }),
  };
}
