import * as v from 'valibot';

/** The body of every error answer: `application/problem+json` (RFC 9457) with our stable `code`. */
export const Problem = v.object({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.number(),
  /** The sentence for the person. */
  detail: v.string(),
  /** What the person can do about it. */
  remedy: v.string(),
  /** One of the codes of shared/core/errors.ts. */
  code: v.string(),
  /** X-Call-Id of the request: the word to search the logs for. */
  requestId: v.string(),
  /** With `invalid_input`: what is wrong, one entry each. */
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
});
export type Problem = v.InferOutput<typeof Problem>;
