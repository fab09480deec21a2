import type { Answer } from './exchange.ts';

/** What an installation with, or without, scale_from_zero says of a function it does not know. */
export type UnknownAnswer = 'scaling' | 'not scaling' | 'neither';

export function unknownAnswerOf({ status, text, headers }: Answer, name: string): UnknownAnswer {
  if (status === 404 && text.includes(`${name}.openfaas-fn`)) return 'scaling';
  const isTold = text.trim() === `No endpoints available for: ${name}.`;
  const isMarked = headers['x-openfaas-internal'] === 'proxy';
  return status === 503 && isTold && isMarked ? 'not scaling' : 'neither';
}
