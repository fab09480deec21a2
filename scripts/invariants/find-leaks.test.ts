import { describe, expect, test } from '@jest/globals';
import { leaksIn } from './find-leaks.ts';

const secrets = [{ name: 'the password of Ada', value: 'correct horse battery' }];

function leaks(text: string): string[] {
  return leaksIn(new Map([['log/a.log', text]]), secrets).map(
    ({ file, secret }) => `${file}: ${secret}`,
  );
}

describe('leaksIn', () => {
  test('finds nothing in a log that tells nothing', () => {
    expect(leaks('{"level":"info","token":"[masked]","msg":"Bearer of bad news"}')).toEqual([]);
  });

  test.each([
    ['the password of Ada', '{"body":"correct horse battery"}'],
    ['a token', 'GET /?t=eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2ln'],
    ['HTTP credentials', 'authorization: Basic YWRtaW46YWRtaW4='],
    ['a password hash', '$argon2id$v=19$m=47104,t=1,p=1$'],
    ['a private key', '{"d":"abcdefghijklmnopqrstuvwxyz"}'],
  ])('finds %s', (secret, line) => {
    expect(leaks(`first line\n${line}\nlast line`)).toEqual([`log/a.log: ${secret}`]);
  });
});
