import { isDeepStrictEqual } from 'node:util';

/** What one item saw of one rule. */
export type Finding =
  | { readonly kind: 'held'; readonly rule: string }
  | {
      readonly kind: 'broken';
      readonly rule: string;
      readonly expected: string;
      readonly seen: string;
    }
  | { readonly kind: 'unseen'; readonly rule: string; readonly needs: string };

export type Outcome = 'passed' | 'failed' | 'not checkable from outside';

/** Collects what an item sees. A rule that was not looked at is never held. */
export class Findings {
  readonly #all: Finding[] = [];

  get all(): readonly Finding[] {
    return this.#all;
  }

  equal(rule: string, seen: unknown, expected: unknown): void {
    if (isDeepStrictEqual(seen, expected)) this.#all.push({ kind: 'held', rule });
    else this.#break(rule, stringify(expected), show(seen));
  }

  /** `seen` says in words or as a value what was there instead. */
  holds(rule: string, isSo: boolean, seen: unknown): void {
    if (isSo) this.#all.push({ kind: 'held', rule });
    else this.#break(rule, 'as the rule says', show(seen));
  }

  matches(rule: string, seen: unknown, pattern: RegExp): void {
    if (typeof seen === 'string' && pattern.test(seen)) this.#all.push({ kind: 'held', rule });
    else this.#break(rule, String(pattern), show(seen));
  }

  /** The rule cannot be looked at here; `needs` says what would make it possible. */
  unseen(rule: string, needs: string): void {
    this.#all.push({ kind: 'unseen', rule, needs });
  }

  /** The check itself came to an early end. */
  interrupted(error: unknown): void {
    const seen = error instanceof Error ? error.message : String(error);
    this.#break('the check runs to its end', 'no error', seen);
  }

  #break(rule: string, expected: string, seen: string): void {
    this.#all.push({ kind: 'broken', rule, expected, seen });
  }
}

/** Failed by one broken rule, passed only by something seen. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  if (findings.some(({ kind }) => kind === 'broken')) return 'failed';
  const isSeen = findings.some(({ kind }) => kind === 'held');
  return isSeen ? 'passed' : 'not checkable from outside';
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** Undefined has no JSON. */
function stringify(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
