import { describe, expect, test } from '@jest/globals';
import { belongsTo, leftovers, type SeenProcess, type Traces } from './leftovers.ts';

const root = '/checkout/.local/test';
const nothing: Traces = { processes: [], ports: [] };

function processWith(properties: Partial<SeenProcess>): SeenProcess {
  return {
    ...{ pid: 7, startTime: '100', program: 'node', parent: 3, environment: ['PATH=/bin'] },
    ...properties,
  };
}

describe('belongsTo', () => {
  test.each([
    ['a server', { environment: [`VIDEO_TO_MP3_STACK_PROCESS=${root}:postgres`] }],
    ['a function', { environment: [`OPENFAAS_SECRETS_DIR=${root}/emulator/convert/secrets`] }],
    ['an ffmpeg that nobody waits for', { program: 'ffmpeg', parent: 1 }],
    ['an ffprobe that nobody waits for', { program: 'ffprobe', parent: 1 }],
  ])('finds %s', (_, properties) => {
    expect(belongsTo(root, processWith(properties))).toBe(true);
  });

  test.each([
    ['any other process', {}],
    [
      'a server of another stack',
      { environment: [`VIDEO_TO_MP3_STACK_PROCESS=${root}2:postgres`] },
    ],
    ['a function of another stack', { environment: ['OPENFAAS_SECRETS_DIR=/checkout/.local/x'] }],
    ['an ffmpeg that somebody waits for', { program: 'ffmpeg', parent: 3 }],
    ['a process that lost its parent', { program: 'node', parent: 1 }],
  ])('passes over %s', (_, properties) => {
    expect(belongsTo(root, processWith(properties))).toBe(false);
  });
});

describe('leftovers', () => {
  test('names the process and the port that were not there before', () => {
    const after = { processes: [processWith({ program: 'beam.smp' })], ports: [20_001] };
    expect(leftovers(nothing, after)).toEqual([
      'process 7 (beam.smp) still runs',
      'port 20001 is still taken',
    ]);
  });

  test('passes over what ran before', () => {
    const before = { processes: [processWith({})], ports: [20_001] };
    expect(leftovers(before, before)).toEqual([]);
  });

  test('is not misled by a process id that is used again', () => {
    const before = { ...nothing, processes: [processWith({ startTime: '100' })] };
    const after = { ...nothing, processes: [processWith({ startTime: '200' })] };
    expect(leftovers(before, after)).toHaveLength(1);
  });
});
