import { describe, expect, test } from '@jest/globals';

import { readImageEnv } from './image-env.ts';

describe('readImageEnv', () => {
  test('reads ENV lines with and without quotes and equals sign', () => {
    const dockerfile = 'FROM x\nENV mode="http"\nenv a=b c\nENV old style\n# ENV no="1"\n';
    expect(readImageEnv(dockerfile)).toEqual({ mode: 'http', a: 'b c', old: 'style' });
  });

  test('takes nothing from an earlier stage', () => {
    expect(readImageEnv('FROM a AS build\nENV x=1\nFROM b\nENV y=2')).toEqual({ y: '2' });
  });
});
