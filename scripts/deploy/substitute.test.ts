import { describe, expect, test } from '@jest/globals';

import { substitute } from './substitute.ts';

const variables = { SET: 'value', EMPTY: '' };

describe('substitute', () => {
  test.each([
    ['${SET}', 'value'],
    ['${NONE}', ''],
    ['${SET:-d}', 'value'],
    ['${NONE:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${NONE:=d}', 'd'],
    ['${NONE=d}', 'd'],
    ['${EMPTY=d}', ''],
    ['${NONE:-http://h:1/p}', 'http://h:1/p'],
    ['$SET', '$SET'],
    ['$${SET}', '${SET}'],
    ['a ${SET} b ${NONE:-c}', 'a value b c'],
  ])('%s → %s', (text, result) => {
    expect(substitute(text, variables)).toBe(result);
  });

  test.each(['${NONE-d}', '${NONE:?x}', '${SET:+x}'])('refuses %s', (text) => {
    expect(() => substitute(text, variables)).toThrow('is not supported in a stack file');
  });

  test('names an expression without an end', () => {
    expect(() => substitute('a: ${SET', variables)).toThrow('Missing closing brace');
  });
});
