import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { createPool } from '#shared/adapters/postgres/pool';
import { createUsers } from '#shared/adapters/postgres/users';
import { roles } from '#shared/contracts/accounts';
import type { Users } from '#shared/core/ports';
import { changeRoles, type RoleChange } from './roles/change-roles.ts';

const help = `Shows and changes what an account may do: how the first admin is made.

  DATABASE_URL=postgres://… node scripts/roles.ts --email ada@example.org [--add admin] [--remove admin]

Roles: ${roles.join(', ')}. An admin changes others by PUT /function/account/users/{id}/roles.
A change is in the next access token: log in again, or wait 15 minutes.`;

const { values } = parseArgs({
  options: {
    email: { type: 'string' },
    add: { type: 'string', multiple: true, default: [] },
    remove: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h' },
  },
});
const { DATABASE_URL: url } = process.env;
const role = v.array(v.picklist(roles));

if (values.help === true) {
  console.log(help);
} else if (url === undefined || url === '' || values.email === undefined) {
  console.error(`DATABASE_URL and --email are needed.\n\n${help}`);
  process.exitCode = 1;
} else {
  const pool = createPool({ url, max: 1, applicationName: 'roles' });
  const change = { add: v.parse(role, values.add), remove: v.parse(role, values.remove) };
  await run(createUsers(pool), values.email, change).finally(() => pool.end());
}

async function run(users: Users, email: string, change: RoleChange): Promise<void> {
  const now = await changeRoles(users, email, change);
  if (now === undefined) {
    console.error(`Nobody has an account with the address ${email}.`);
    process.exitCode = 1;
  } else {
    console.log(`${email}: ${now.join(', ') || 'no role'}`);
  }
}
