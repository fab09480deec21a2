import * as v from 'valibot';

/** An address like `postgres://user@host:5432/database`; the password comes from a secret. */
export const address = (...protocols: readonly string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)),
      `not an address of the form ${protocols.join(':// or ')}://host`,
    ),
  );

/** A whole number as text, at least `least`; absent: `fallback`. */
export const whole = (fallback: number, least = 1) =>
  v.pipe(
    v.optional(v.string(), String(fallback)),
    v.regex(/^\d{1,15}$/, 'not a whole number'),
    v.transform(Number),
    v.minValue(least, `less than ${least}`),
  );

/** Text that must be there. */
export const text = v.pipe(v.string(), v.minLength(1, 'empty'));

/** The secret of a server's user: an empty file where the server asks for no password. */
export const serverPassword = v.string();

/** The database on the MongoDB side that holds the buckets. */
export const filesDatabase = 'video_to_mp3';

/** The longest sound that is converted; upload refuses early what convert would refuse. */
export const maxSoundSeconds = whole(6 * 3_600);

/** Addresses of the servers, one meaning in every function that has them. */
export const servers = {
  V2M_POSTGRES_URL: address('postgres', 'postgresql'),
  V2M_MONGODB_URI: address('mongodb', 'mongodb+srv'),
  V2M_AMQP_URL: address('amqp', 'amqps'),
  V2M_SMTP_URL: address('smtp', 'smtps'),
} as const;

/** Who issues access tokens and for whom: `iss` and `aud` of RFC 9068. */
export const tokenSettings = {
  V2M_TOKEN_ISSUER: text,
  V2M_TOKEN_AUDIENCE: text,
} as const;
