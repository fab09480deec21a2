import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Problem } from '#shared/contracts/problem';
import { AppError, type ErrorCode, httpStatus, remedy, sentence } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import { jobView } from '#shared/core/job-view';
import { problemAnswer } from '#shared/runtime/http/problem';
import { compose } from '../../functions/notify/compose.ts';
import { errorsDocument } from '../errors-doc/document.ts';
import { places } from '../errors-doc/places.ts';

const root = resolve(import.meta.dirname, '..', '..');
const codes = Object.keys(sentence) as ErrorCode[];
const failing = codes.filter((code) => places[code].includes('conversion'));

function failedJob(code: ErrorCode): Job {
  return {
    id: '01890000-0000-7000-8000-000000000001',
    ownerId: 'ada',
    state: 'failed',
    source: { fileId: 'f', name: 'holiday.mp4', bytes: 1, sha256: '' },
    options: {},
    round: 1,
    attempt: 1,
    progress: 0,
    result: undefined,
    receipt: undefined,
    error: { code, message: sentence[code] },
    createdAt: new Date(0),
    updatedAt: new Date(0),
    expiresAt: undefined,
  };
}

function answered(code: ErrorCode): Problem {
  const { body } = problemAnswer(new AppError(code), 'call-7');
  return JSON.parse(Buffer.from(body as Uint8Array).toString()) as Problem;
}

function mailed(code: ErrorCode): string | undefined {
  const job = failedJob(code);
  const mail = { id: 'm', to: 'ada@example.org', messageId: '<m@x>', attempt: 1, requestId: 'r' };
  return compose({ ...mail, kind: 'conversion_failed', job }, 'https://example.org')?.text;
}

describe('docs/errors.md', () => {
  test('is what `node scripts/errors-doc.ts` makes of the catalogue', () => {
    expect(readFileSync(join(root, 'docs', 'errors.md'), 'utf8')).toBe(errorsDocument());
  });

  test.each(codes)('has a row for %s with its status, sentence and remedy', (code) => {
    const row = errorsDocument()
      .split('\n')
      .find((line) => line.startsWith(`| \`${code}\` `));
    for (const told of [String(httpStatus[code]), sentence[code], remedy[code]]) {
      expect(row).toContain(told);
    }
  });
});

describe('an error', () => {
  test.each(failing)('%s reads the same in an answer, a job and a mail', (code) => {
    const told = { code, message: sentence[code], remedy: remedy[code] };
    const answer = answered(code);
    expect({ code: answer.code, message: answer.detail, remedy: answer.remedy }).toEqual(told);
    expect(jobView(failedJob(code)).error).toEqual(told);
    for (const words of Object.values(told)) expect(mailed(code)).toContain(words);
  });

  test.each(codes)('%s says what happened and what to do in sentences', (code) => {
    expect(sentence[code]).toMatch(/^[A-Z].*\.$/);
    expect(remedy[code]).toMatch(/^[A-Z].*\.$/);
    expect(sentence[code]).not.toBe(remedy[code]);
  });
});
