/** What to select from `users` for a User. */
export const userColumns = `users.id, users.email, users.email_key AS "emailKey",
  users.password_hash AS "passwordHash", users.roles, users.created_at AS "createdAt"`;
