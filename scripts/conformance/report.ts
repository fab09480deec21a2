import { outcomeOf, type Finding, type Outcome } from './findings.ts';

const WORDS: Record<Outcome, string> = {
  passed: 'passed  ',
  failed: 'FAILED  ',
  'not checkable from outside': 'not checkable from outside  ',
};

/** One line for the item, and below it what broke and what nobody looked at. */
export function resultLines(
  number: number,
  title: string,
  findings: readonly Finding[],
  seconds: string,
): string[] {
  const head = `${String(number).padStart(2)} ${WORDS[outcomeOf(findings)]}${title} (${seconds} s)`;
  return [head, ...findings.flatMap(detailLines)];
}

function detailLines(finding: Finding): string[] {
  switch (finding.kind) {
    case 'held':
      return [];
    case 'unseen':
      return [`     not checked: ${finding.rule}: ${finding.needs}`];
    case 'broken':
      return [
        `     ${finding.rule}`,
        `       expected: ${finding.expected}`,
        `       seen:     ${finding.seen}`,
      ];
  }
}

export function summaryLine(outcomes: readonly Outcome[], seconds: number): string {
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  const counts = [
    `${count('passed')} passed`,
    `${count('failed')} failed`,
    `${count('not checkable from outside')} not checkable from outside`,
  ];
  return `${outcomes.length} items: ${counts.join(', ')} (${seconds.toFixed(0)} s)`;
}
