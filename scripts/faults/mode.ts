import * as v from 'valibot';

/**
 * How a proxy treats its connections. What is set holds for those that are open as well as for new
 * ones; `pass` lets them be.
 */
export const Mode = v.variant('kind', [
  v.object({ kind: v.literal('pass') }),
  /** Nobody is there: connections are reset at once. */
  v.object({ kind: v.literal('refuse') }),
  /** Somebody is there and never says anything: bytes vanish both ways. */
  v.object({ kind: v.literal('black-hole') }),
  /** Each piece arrives so much later, both ways; as many as there are are on their way at once. */
  v.object({ kind: v.literal('delay'), ms: v.number() }),
  /** No more than so many bytes a second on each connection, both ways. */
  v.object({ kind: v.literal('throttle'), bytesPerSecond: v.number() }),
  /** Each connection is reset after so many bytes towards the server. */
  v.object({ kind: v.literal('cut'), afterBytes: v.number() }),
  /** A request that contains the text never arrives, and its connection is reset. */
  v.object({ kind: v.literal('lose-request'), containing: v.string() }),
  /**
   * The server gets everything; its reply to a request that contains the text is lost, and the
   * connection with it, if `answering` is in the reply. So many times, then `pass`.
   */
  v.object({
    kind: v.literal('lose-reply'),
    containing: v.string(),
    answering: v.optional(v.string(), ''),
    times: v.number(),
  }),
]);
export type Mode = v.InferOutput<typeof Mode>;

/** A mode as it is asked for. */
export type WantedMode = v.InferInput<typeof Mode>;
