import { describe, expect, test } from '@jest/globals';

import { Findings } from './findings.ts';
import { resultLines, summaryLine } from './report.ts';

describe('resultLines', () => {
  test('one line for what passed, and what was not looked at below it', () => {
    const findings = new Findings();
    findings.holds('seen', true, undefined);
    findings.unseen('memory', 'needs --processes');
    expect(resultLines(7, 'It streams', findings.all, '1.5')).toEqual([
      ' 7 passed  It streams (1.5 s)',
      '     not checked: memory: needs --processes',
    ]);
  });

  test('expected and seen for what failed', () => {
    const findings = new Findings();
    findings.equal('the status', 500, 404);
    expect(resultLines(20, 'It removes', findings.all, '0.1')).toEqual([
      '20 FAILED  It removes (0.1 s)',
      '     the status',
      '       expected: 404',
      '       seen:     500',
    ]);
  });
});

describe('summaryLine', () => {
  test('counts each outcome', () => {
    const outcomes = ['passed', 'failed', 'passed', 'not checkable from outside'] as const;
    expect(summaryLine(outcomes, 61.4)).toBe(
      '4 items: 2 passed, 1 failed, 1 not checkable from outside (61 s)',
    );
  });
});
