import { describe, expect, test } from '@jest/globals';
import { Progress } from './progress.ts';

describe('Progress', () => {
  test('without a terminal tells the beginning and the end of a step', async () => {
    const lines: string[] = [];
    const progress = new Progress({ report: (line) => void lines.push(line) });
    expect(await progress.step('RabbitMQ: installing', () => Promise.resolve(7))).toBe(7);
    expect(lines).toEqual([
      'RabbitMQ: installing …',
      expect.stringMatching(/^RabbitMQ: installing: done in \d+\.\d s$/),
    ]);
  });

  test('says that a step failed and passes its error on', async () => {
    const lines: string[] = [];
    const progress = new Progress({ report: (line) => void lines.push(line) });
    const step = progress.step('Build', () => Promise.reject(new Error('no disk')));
    await expect(step).rejects.toThrow('no disk');
    expect(lines.at(-1)).toMatch(/^Build: failed after/);
  });

  test('on a terminal shows the steps that run in one passing line and clears it', async () => {
    const lasting: string[] = [];
    const passing: string[] = [];
    const progress = new Progress({
      report: (line) => void lasting.push(line),
      live: (line) => void passing.push(line),
    });
    await Promise.all([
      progress.step('one', () => Promise.resolve()),
      progress.step('two', () => Promise.resolve()),
    ]);
    expect(passing).toContain('one … 0 s  ·  two … 0 s');
    expect(passing.at(-1)).toBe('');
    expect(lasting).toHaveLength(2);
  });
});
