import { isActive } from '#shared/core/jobs';
import type { User, Users } from '#shared/core/ports';
import {
  abortUpload,
  cancelJob,
  expireJob,
  later,
  may,
  newMail,
} from '#shared/testing/store-rows.fake';
import type { Rows } from '#shared/testing/store-rows.fake';

const DAY_MS = 86_400_000;

/** The fake of Users. */
export function fakeUsers(rows: Rows): Users {
  const byKey = (key: string) => [...rows.users.values()].find(({ emailKey }) => emailKey === key);
  const endSessions = (id: string) => {
    for (const [familyId, { userId }] of rows.sessions) {
      if (userId === id) rows.sessions.delete(familyId);
    }
  };
  const change = (id: string, changes: Partial<User>): boolean => {
    const user = rows.users.get(id);
    if (user) rows.users.set(id, { ...user, ...changes });
    return user !== undefined;
  };
  return {
    create: (user) =>
      later(() => {
        const known = byKey(user.emailKey);
        if (known) {
          mailAccountExists(rows, known.id);
          return 'taken';
        }
        rows.users.set(user.id, { ...user, roles: ['user'], createdAt: new Date(rows.now()) });
        return 'created';
      }),
    findByEmailKey: (key) => later(() => byKey(key)),
    findById: (id) => later(() => rows.users.get(id)),
    setPasswordHash: (id, passwordHash, { keepSessions }) =>
      later(() => {
        change(id, { passwordHash });
        if (!keepSessions) endSessions(id);
      }),
    setRoles: (id, roles) => later(() => change(id, { roles })),
    list: ({ after, limit }) =>
      later(() =>
        [...rows.users.values()]
          .filter(({ id }) => after === undefined || id > after)
          .sort((one, other) => (one.id < other.id ? -1 : 1))
          .slice(0, limit),
      ),
    remove: (id) =>
      later(() => {
        hideJobs(rows, id);
        endSessions(id);
        rows.mails = rows.mails.filter(({ userId }) => userId !== id);
        for (const [key, { ownerId }] of rows.keys) if (ownerId === id) rows.keys.delete(key);
        rows.users.delete(id);
      }),
  };
}

/** At most one a day, so that nobody's mailbox can be filled by registering their address. */
function mailAccountExists(rows: Rows, userId: string): void {
  const isOfUser = (mail: Rows['mails'][number]) =>
    mail.kind === 'account_exists' && mail.userId === userId;
  const last = rows.mails.find(isOfUser);
  if (last && last.createdAt > rows.now() - DAY_MS) return;
  const about = { round: 1, userId, jobId: undefined, requestId: undefined, calledAt: undefined };
  rows.mails = rows.mails.filter((mail) => !isOfUser(mail));
  rows.mails.push(newMail(rows, { kind: 'account_exists', ...about }));
}

function hideJobs(rows: Rows, ownerId: string): void {
  for (const row of rows.jobs.values()) {
    if (row.job.ownerId !== ownerId) continue;
    if (may(row, 'abort')) abortUpload(rows, row, undefined, row.uploadSeconds);
    else if (isActive(row.job.state)) cancelJob(rows, row);
    if (may(row, 'expire')) expireJob(rows, row);
    row.hidden = true;
  }
}
