import * as v from 'valibot';

/**
 * The exchange all bells ring on; a queue is `OpenFaaS_<exchange>_<topic>`, as the connector names
 * it.
 */
export const exchange = 'conversion';

/** Routing keys of the exchange, `topic` annotations in stack.yml. */
export const topics = ['video_uploaded', 'conversion_completed', 'conversion_failed'] as const;
export type Topic = (typeof topics)[number];

/** The queue of a topic. */
export function queueName(topic: Topic): string {
  return `OpenFaaS_${exchange}_${topic}`;
}

/** On a bell that the sweep brings to a function itself, because nobody came for the first one. */
export const knockHeader = 'x-knock';

/**
 * A bell: "look at the jobs". It carries no truth, may be lost, doubled, delayed or reordered.
 * Travels as a compact JWS (`typ: event+jws`) with Content-Type `application/jose`, because the
 * connector passes on nothing but the body and its content type.
 */
export const BellEvent = v.object({
  v: v.literal(1),
  type: v.picklist(topics),
  /** Which job rang; for the log, the receiver looks at all. */
  jobId: v.pipe(v.string(), v.uuid()),
  /** X-Call-Id of the request that caused it. */
  requestId: v.optional(v.pipe(v.string(), v.maxLength(200))),
});
export type BellEvent = v.InferOutput<typeof BellEvent>;
