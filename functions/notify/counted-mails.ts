import type { Mails } from '#shared/core/ports';

/** The same mails, counted by what became of each try: `sent`, `postponed`, `failed`. */
export function countedMails(mails: Mails, count: (outcome: string) => void): Mails {
  return {
    ...mails,
    async sent(id) {
      await mails.sent(id);
      count('sent');
    },
    async postpone(id, delayMs, reason) {
      await mails.postpone(id, delayMs, reason);
      count('postponed');
    },
    async fail(id, reason) {
      await mails.fail(id, reason);
      count('failed');
    },
  };
}
