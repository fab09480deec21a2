import { describe, expect, test } from '@jest/globals';

import type { Item } from './item.ts';
import { items } from './items.ts';
import { runItem, type Ground } from './run.ts';
import { Site } from './site.ts';
import { UndoList } from './undo.ts';

const site = new Site(
  {
    ...{ gatewayUrl: 'http://127.0.0.1:1', user: 'u', password: 'p', mode: 'kubernetes' },
    ...{ contexts: 'build', image: 'probe' },
    ...{ processesFile: undefined, metricsUrl: undefined, upstreamTimeoutMs: undefined },
  },
  new UndoList(),
);

async function run(check: Item['check'], undos = new UndoList()) {
  const lines: string[] = [];
  const ground: Ground = {
    ...{ site, broker: undefined, siteWith: undefined, largeBytes: 1 },
    tidy: () => undos.undoAll(),
    print: (line) => void lines.push(line),
  };
  return { outcome: await runItem(1, { title: 'It is so', check }, ground), lines };
}

const passes: Item['check'] = ({ findings }) => {
  findings.equal('rule', 1, 1);
  return Promise.resolve();
};

describe('runItem', () => {
  test('says how an item ended', async () => {
    const { outcome, lines } = await run(passes);
    expect(outcome).toBe('passed');
    expect(lines).toEqual([expect.stringMatching(/^ 1 passed {2}It is so \(\d\.\d s\)$/u)]);
  });

  test('an item that breaks off has failed, whatever it saw before', async () => {
    const { outcome, lines } = await run(async (context) => {
      await passes(context);
      throw new Error('socket hang up');
    });
    expect(outcome).toBe('failed');
    expect(lines).toContain('       seen:     socket hang up');
  });

  test('undoes the last thing first, and everything though one thing fails', async () => {
    const undos = new UndoList();
    const undone: string[] = [];
    undos.add(() => void undone.push('first'));
    undos.add(() => Promise.reject(new Error('still there')));
    undos.add(() => void undone.push('last'));
    const { outcome, lines } = await run(passes, undos);
    expect(undone).toEqual(['last', 'first']);
    expect(outcome).toBe('failed');
    expect(lines).toContain('       seen:     still there');
  });

  test('undoes nothing twice', async () => {
    const undos = new UndoList();
    let count = 0;
    const undo = undos.add(() => void (count += 1));
    await undo();
    await undos.undoAll();
    expect(count).toBe(1);
  });
});

describe('UndoList', () => {
  test('takes nothing new once it is closed', () => {
    const undos = new UndoList();
    undos.close();
    expect(() => undos.add(() => undefined)).toThrow('interrupted');
  });
});

describe('items', () => {
  test('are the 25 of the contract, each with a rule of its own', () => {
    expect(items).toHaveLength(25);
    expect(new Set(items.map(({ title }) => title)).size).toBe(25);
  });

  test.each(items.map(({ title }) => title))('"%s" is one sentence in the present', (title) => {
    expect(title).toMatch(/^[A-Z].{20,100}[^.]$/u);
    expect(title).not.toMatch(/\b(?:should|must|will)\b/u);
  });
});
