import { describe, expect, test } from '@jest/globals';

import { Findings, outcomeOf } from './findings.ts';

const outcome = (look: (findings: Findings) => void): string => {
  const findings = new Findings();
  look(findings);
  return outcomeOf(findings.all);
};

describe('outcomeOf', () => {
  test('an item that saw every rule hold has passed', () => {
    expect(outcome((one) => one.equal('rule', [1], [1]))).toBe('passed');
  });

  test('an item that saw nothing has not', () => {
    expect(outcome(() => undefined)).toBe('not checkable from outside');
  });

  test('an item that could look at nothing is not checkable', () => {
    expect(outcome((one) => one.unseen('rule', 'needs more'))).toBe('not checkable from outside');
  });

  test('what could not be looked at does not keep the rest from passing', () => {
    const look = (one: Findings): void => {
      one.unseen('rule', 'needs more');
      one.holds('another', true, undefined);
    };
    expect(outcome(look)).toBe('passed');
  });

  test.each<[string, (findings: Findings) => void]>([
    ['another value', (one) => one.equal('rule', 202, 200)],
    ['a value that is missing', (one) => one.equal('rule', undefined, 'x')],
    ['something false', (one) => one.holds('rule', false, 'seen')],
    ['a text of another form', (one) => one.matches('rule', 'abc', /^\d+$/u)],
    ['no text', (one) => one.matches('rule', undefined, /u/u)],
    ['an error', (one) => one.interrupted(new Error('socket hang up'))],
  ])('one broken rule fails the item: %s', (_what, look) => {
    const withOthers = (one: Findings): void => {
      one.holds('another', true, undefined);
      one.unseen('a third', 'needs more');
      look(one);
    };
    expect(outcome(withOthers)).toBe('failed');
  });
});

describe('Findings', () => {
  test('tell what was expected and what was seen', () => {
    const findings = new Findings();
    findings.equal('the status', undefined, 404);
    expect(findings.all).toEqual([
      { kind: 'broken', rule: 'the status', expected: '404', seen: 'nothing' },
    ]);
  });

  test('cut what is too long to read', () => {
    const findings = new Findings();
    findings.holds('rule', false, 'x'.repeat(1_000));
    expect(findings.all).toMatchObject([{ seen: `${'x'.repeat(400)}…` }]);
  });
});
