import { describe, expect, test } from '@jest/globals';

import { substitute } from './substitute.ts';

const variables = { SET: 'value', EMPTY: '', UPPER: 'VALUE', PATH_: '/a/a' };

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
    ['${NONE:-${SET}-${EMPTY:-d}}', 'value-d'],
    ['${SET^}', 'Value'],
    ['${SET^^}', 'VALUE'],
    ['${UPPER,}', 'vALUE'],
    ['${UPPER,,}', 'value'],
    ['${SET:1}', 'alue'],
    ['${SET:1:2}', 'al'],
    ['${PATH_/a/b}', '/b/a'],
    ['${PATH_//a/b}', '/b/b'],
    ['${SET/#va/b}', 'blue'],
    ['${SET/%ue/b}', 'valb'],
    ['${SET/%va/b}', 'value'],
    ['${SET/x/b}', 'value'],
  ])('%s → %s', (text, result) => {
    expect(substitute(text, variables)).toBe(result);
  });

  test.each(['${NONE-d}', '${NONE:?x}', '${SET:+x}', '${SET#v}', '${-SET}', '${}'])(
    'refuses %s',
    (text) => {
      expect(() => substitute(text, variables)).toThrow('is not supported in a stack file');
    },
  );

  test.each(['a: ${SET', 'a: ${NONE:-${SET}'])('names an expression without an end: %s', (text) => {
    expect(() => substitute(text, variables)).toThrow('Missing closing brace');
  });
});
