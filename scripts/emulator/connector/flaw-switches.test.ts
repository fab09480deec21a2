import { describe, expect, test } from '@jest/globals';

import { FlawSwitches } from './flaw-switches.ts';

describe('FlawSwitches', () => {
  test('a flaw strikes as often as it was switched on for, and no more', () => {
    const flaws = new FlawSwitches([{ code: 'L1', times: 2 }]);
    expect([flaws.take('L1'), flaws.take('L1'), flaws.take('L1')]).toEqual([true, true, false]);
    expect([flaws.left('L1'), flaws.happened('L1')]).toEqual([0, 2]);
  });

  test('a flaw that is off does not strike', () => {
    const flaws = new FlawSwitches([{ code: 'L1', times: 2 }]);
    expect(flaws.take('D3')).toBe(false);
    flaws.switchOff('L1');
    expect(flaws.take('L1')).toBe(false);
  });

  test('switching on again counts anew', () => {
    const flaws = new FlawSwitches([{ code: 'S1', times: 1 }]);
    flaws.take('S1');
    flaws.switchOn({ code: 'S1', times: 3 });
    expect([flaws.left('S1'), flaws.happened('S1')]).toEqual([3, 0]);
  });

  test('tells who listens what is switched on, and that all is reset', () => {
    const flaws = new FlawSwitches([{ code: 'L1', times: 2 }]);
    const heard: string[] = [];
    flaws.changes.on('on', (code) => void heard.push(code));
    flaws.changes.on('reset', () => void heard.push('reset'));
    flaws.switchOn({ code: 'T1', times: 1 });
    flaws.reset();
    expect(heard).toEqual(['T1', 'reset']);
    expect([flaws.left('L1'), flaws.left('T1')]).toEqual([0, 0]);
  });
});
