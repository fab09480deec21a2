import * as v from 'valibot';

const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest));

/** What an account may do. `admin` steers roles and reads health. */
export const roles = ['user', 'admin'] as const;
export type Role = (typeof roles)[number];

/** POST register. The rules for both are in shared/core/accounts.ts and password.ts. */
export const RegisterRequest = v.strictObject({ email: text(320), password: text(1024) });
export type RegisterRequest = v.InferOutput<typeof RegisterRequest>;

/** 201 of register: the same for a new and for a known address, which is told by mail instead. */
export const RegisterResponse = v.object({ email: v.string() });
export type RegisterResponse = v.InferOutput<typeof RegisterResponse>;

/** POST login. */
export const LoginRequest = v.strictObject({ email: text(320), password: text(1024) });
export type LoginRequest = v.InferOutput<typeof LoginRequest>;

/** POST login/refresh and login/logout. */
export const RefreshRequest = v.strictObject({ refresh_token: text(200) });
export type RefreshRequest = v.InferOutput<typeof RefreshRequest>;

/** Answer of login and refresh, in the words of RFC 6749 §5.1. */
export const TokenResponse = v.object({
  access_token: v.string(),
  token_type: v.literal('Bearer'),
  /** Seconds. */
  expires_in: v.number(),
  refresh_token: v.string(),
});
export type TokenResponse = v.InferOutput<typeof TokenResponse>;

/** POST verify-token, RFC 7662 §2.1 (form-encoded). */
export const IntrospectionRequest = v.object({
  token: text(8192),
  token_type_hint: v.optional(v.string()),
});
export type IntrospectionRequest = v.InferOutput<typeof IntrospectionRequest>;

/** Answer of verify-token, RFC 7662 §2.2: nothing but `active: false` for what does not hold. */
export const IntrospectionResponse = v.variant('active', [
  v.object({ active: v.literal(false) }),
  v.object({
    active: v.literal(true),
    sub: v.string(),
    roles: v.array(v.picklist(roles)),
    iss: v.string(),
    aud: v.string(),
    exp: v.number(),
    iat: v.number(),
    jti: v.string(),
  }),
]);
export type IntrospectionResponse = v.InferOutput<typeof IntrospectionResponse>;

/** The person's own account, and one row of the admin's list. */
export const AccountView = v.object({
  id: v.pipe(v.string(), v.uuid()),
  email: v.string(),
  roles: v.array(v.picklist(roles)),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
});
export type AccountView = v.InferOutput<typeof AccountView>;

/** GET account/users (admin). */
export const AccountListQuery = v.strictObject({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    '50',
  ),
  cursor: v.optional(v.pipe(v.string(), v.uuid())),
});
export type AccountListQuery = v.InferOutput<typeof AccountListQuery>;

/** One page of all accounts, oldest first. `next` is the cursor of the following page. */
export const AccountPage = v.object({
  accounts: v.array(AccountView),
  next: v.nullable(v.string()),
});
export type AccountPage = v.InferOutput<typeof AccountPage>;

/** POST account/password. */
export const PasswordChangeRequest = v.strictObject({
  currentPassword: text(1024),
  newPassword: text(1024),
});
export type PasswordChangeRequest = v.InferOutput<typeof PasswordChangeRequest>;

/** DELETE account: the password once more, so that a stolen access token cannot erase a person. */
export const AccountDeletionRequest = v.strictObject({ password: text(1024) });
export type AccountDeletionRequest = v.InferOutput<typeof AccountDeletionRequest>;

/** PUT account/users/{id}/roles (admin). */
export const RolesRequest = v.strictObject({
  roles: v.pipe(v.array(v.picklist(roles)), v.minLength(1)),
});
export type RolesRequest = v.InferOutput<typeof RolesRequest>;
