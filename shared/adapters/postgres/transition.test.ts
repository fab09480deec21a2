import { describe, expect, test } from '@jest/globals';
import { jobStates } from '#shared/contracts/jobs';
import { next, transitions } from '#shared/core/jobs';
import type { JobStep } from '#shared/core/jobs';
import { stateAfter, statesBefore, transition } from './transition.ts';

const steps = [
  ...new Set(Object.values(transitions).flatMap((state) => Object.keys(state) as JobStep[])),
];

describe('statesBefore and stateAfter', () => {
  test.each(steps)('%s starts and ends where the table says', (step) => {
    const from = jobStates.filter((state) => statesBefore(step).includes(`'${state}'`));

    expect(from.length).toBeGreaterThan(0);
    for (const state of jobStates) {
      expect(next(state, step)).toBe(from.includes(state) ? stateAfter(step) : undefined);
    }
  });
});

describe('transition', () => {
  test('guards by the table and by what it is given', () => {
    const text = transition({ step: 'cancel', where: 'id = $1' });

    expect(text).toContain(`WHERE state in ('queued', 'running') AND id = $1 FOR UPDATE`);
    expect(text).toContain(`SET state = 'cancelled'`);
  });

  test('writes bell, mail and files only where the move has them', () => {
    const bare = transition({ step: 'cancel', where: 'id = $1' });
    const full = transition({
      step: 'fail',
      where: 'id = $1',
      bell: 'conversion_failed',
      mail: 'conversion_failed',
      discard: [{ bucket: 'mp3s', fileId: 'output_file_id', notBefore: 'now()' }],
    });

    for (const table of ['outbox', 'mails', 'discarded_files']) {
      expect(bare).not.toContain(`INSERT INTO ${table}`);
      expect(full).toContain(`INSERT INTO ${table}`);
    }
  });
});
