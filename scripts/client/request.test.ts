import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { requestJson } from './request.ts';

const Schema = v.object({ swept: v.boolean() });
const answering = (body: string) => `data:application/json,${encodeURIComponent(body)}`;

describe('requestJson', () => {
  test('gives what was answered', async () => {
    expect(await requestJson(Schema, answering('{"swept":true}'))).toEqual({ swept: true });
  });

  test.each([
    ['nothing', ''],
    ['half of it', '{"swept":'],
    ['a page', '<html>'],
  ])('an answer of %s is refused as words of the gateway', async (_what, body) => {
    await expect(requestJson(Schema, answering(body))).rejects.toMatchObject({
      ...{ name: 'ServiceError', code: 'gateway', status: 200 },
      message: `This is no JSON: "${body}"`,
    });
  });

  test('JSON that is no such answer is refused by its contract', async () => {
    await expect(requestJson(Schema, answering('{}'))).rejects.toThrow(v.ValiError);
  });
});
