import type { AccountListQuery, AccountPage } from '#shared/contracts/accounts';
import type { Users } from '#shared/core/ports';
import { accountView } from './account-view.ts';

/** All accounts, page by page, oldest first. */
export function listAccounts({ users }: { readonly users: Pick<Users, 'list'> }) {
  return async ({ limit, cursor }: AccountListQuery): Promise<AccountPage> => {
    const found = await users.list({ after: cursor, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { accounts: page.map(accountView), next };
  };
}
