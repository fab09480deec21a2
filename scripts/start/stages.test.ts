import { describe, expect, test } from '@jest/globals';
import type { JobView } from '#shared/contracts/jobs';
import { optionsView } from '#shared/core/options';
import { Stages } from './stages.ts';

const job: JobView = {
  id: '0190a8f0-0000-7000-8000-000000000001',
  state: 'queued',
  source: { name: 'clip.mp4', bytes: 1, sha256: null },
  options: optionsView({ bitrate: 192 }),
  attempt: 0,
  progress: 0,
  estimatedSecondsLeft: null,
  queue: null,
  result: null,
  receipt: null,
  error: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  expiresAt: null,
};

/** The passing lines, without those that only wipe the last. */
function linesOf(...changes: readonly Partial<JobView>[]) {
  const lines: string[] = [];
  const stages = new Stages({ report: () => undefined, live: (line) => void lines.push(line) });
  stages.uploaded();
  for (const change of changes) stages.changed({ ...job, ...change });
  return lines.filter(Boolean);
}

describe('Stages', () => {
  test('says how many jobs are before a queued one, and when it is likely over', () => {
    const [line] = linesOf({ queue: { ahead: 3 }, estimatedSecondsLeft: 40 });
    expect(line).toMatch(/^ {2}queue .* s, 3 before it, about 40 s left$/);
  });

  test('says how far a running job is, and when it is likely over', () => {
    const [line] = linesOf({ state: 'running', progress: 0.42, estimatedSecondsLeft: 12 });
    expect(line).toMatch(/^ {2}conversion +42 % .* s, about 12 s left$/);
  });

  test('says nothing of what is not known', () => {
    const lines = linesOf({}, { state: 'running', progress: 0.1 });
    expect(lines.join()).not.toMatch(/left|before/);
  });
});
