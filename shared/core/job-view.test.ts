import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { JobView } from '#shared/contracts/jobs';
import type { Job, Receipt } from '#shared/core/job';
import { warning } from '#shared/core/warnings';
import { jobStates } from '#shared/contracts/jobs';
import { jobView } from './job-view.ts';

const receipt: Receipt = {
  ...{ promisedSeconds: 1.5, decodedSeconds: 1.5, samples: 66_150, sampleRate: 44_100 },
  ...{ channels: 2, frames: 58, codec: 'aac', encoder: 'ffmpeg' },
};

const done: Job = {
  id: '0190a8f0-0000-7000-8000-000000000001',
  ownerId: '0190a8f0-0000-7000-8000-00000000000a',
  state: 'done',
  source: { fileId: 'a'.repeat(24), name: 'clip.mp4', bytes: 10, sha256: 'b'.repeat(64) },
  options: { bitrate: 192 },
  round: 1,
  attempt: 1,
  progress: 1,
  result: { fileId: 'c'.repeat(24), bytes: 5, sha256: 'd'.repeat(64), durationSeconds: 1.5 },
  receipt,
  error: undefined,
  createdAt: new Date('2026-01-02T03:04:05.000Z'),
  updatedAt: new Date('2026-01-02T03:04:06.000Z'),
  expiresAt: undefined,
};

describe('jobView', () => {
  test.each(jobStates.map((state) => [state]))('fits the contract in state %s', (state) => {
    const view = jobView({ ...done, state });
    expect(v.parse(JobView, view)).toEqual(view);
  });

  test('shows where the MP3 of a done job is', () => {
    expect(jobView(done).result?.href).toBe(`/function/download/${done.id}`);
    expect(jobView(done).receipt?.frames).toBe(58);
  });

  test.each(jobStates.filter((state) => state !== 'done').map((state) => [state]))(
    'shows no result in state %s, whatever the row still holds',
    (state) => {
      expect(jobView({ ...done, state })).toMatchObject({ result: null, receipt: null });
    },
  );

  test('shows the receipt of former days with nulls', () => {
    expect(jobView(done).receipt).toMatchObject({
      ...{ container: null, tracks: [], track: null, isCopied: null, segments: null },
      ...{ resumedSegments: null, loudness: null, warnings: [], options: null, sha256: null },
    });
  });

  test('shows which tracks there were, and what a person may not expect', () => {
    const tracks = [{ number: 1, codec: 'aac', channels: 6, language: 'ger', title: null }];
    const warnings = [warning('downmixed')];
    const told = { container: 'mp4', tracks, track: 1, isCopied: false, segments: 3 } as const;
    const view = jobView({ ...done, receipt: { ...receipt, ...told, warnings } });
    expect(v.parse(JobView, view).receipt).toMatchObject({ ...told, warnings });
  });

  test('shows both lengths of an MP3 that lacks a part of its source, and null of a whole one', () => {
    const degraded = { code: 'truncated', promisedSeconds: 3, decodedSeconds: 1.5 } as const;
    const result = done.result && { ...done.result, degraded };
    const view = jobView({ ...done, result });
    expect(v.parse(JobView, view).result?.degraded).toEqual(degraded);
    expect(jobView(done).result?.degraded).toBeNull();
  });

  test('says null for what is not known yet', () => {
    const { source } = jobView({ ...done, source: { ...done.source, bytes: undefined } });
    expect(source.bytes).toBeNull();
  });

  test('shows the estimate it is given, and none otherwise', () => {
    const queued: Job = { ...done, state: 'queued' };
    expect(jobView(queued, { secondsLeft: 12, ahead: 3 })).toMatchObject({
      estimatedSecondsLeft: 12,
      queue: { ahead: 3 },
    });
    expect(jobView(queued)).toMatchObject({ estimatedSecondsLeft: null, queue: null });
  });

  test('tells why a job failed', () => {
    const error = { code: 'no_audio', message: 'No sound.' } as const;
    expect(jobView({ ...done, state: 'failed', error }).error).toEqual({
      ...error,
      remedy: 'Upload a video that has sound.',
    });
  });

  test('shows neither the owner nor where bytes lie (I9)', () => {
    const text = JSON.stringify(jobView(done));
    for (const hidden of [done.ownerId, done.source.fileId, done.result?.fileId]) {
      expect(text).not.toContain(hidden);
    }
  });
});
