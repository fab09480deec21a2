import { type Guard, inConvertJob, inStore, inSweep } from './guard.ts';

/** What keeps bytes true and owned. */
export const guardsOfBytes: readonly Guard[] = [
  {
    invariant: 'I5',
    broken: 'an MP3 with fewer frames than its sound is published',
    file: 'functions/convert/make-mp3.ts',
    text: 'if (count.frames !== framesFor(meter.samples, shape.sampleRate)) {',
    instead: 'if (count.frames < 0) {',
    test: inConvertJob('row 5: never publishes when the encoder gives too little'),
  },
  {
    invariant: 'I5',
    broken: 'a chunk that is missing is read over',
    file: 'shared/adapters/gridfs/chunk-reader.ts',
    text: 'const bytes = checked(file, n, await asked.shift());',
    instead: 'const bytes = new Uint8Array((await asked.shift())?.data.buffer ?? 0);',
    test: {
      kind: 'unit',
      file: 'shared/adapters/gridfs/chunk-reader.test.ts',
      title: 'rejects at a chunk that is missing, and gives nothing behind it',
    },
  },
  {
    invariant: 'I6',
    broken: 'the sweep deletes no bytes that no row answers for',
    file: 'functions/sweep/sweep.ts',
    text: 'orphans: (deps, _ring, signal) => deleteOrphans(deps, signal)',
    instead: 'orphans: () => Promise.resolve(0)',
    test: inSweep('I6: deletes bytes no row answers for once no upload can still write them'),
  },
  {
    invariant: 'I6',
    broken: 'what a dead worker wrote is forgotten',
    file: 'shared/adapters/postgres/job-claims.ts',
    text: 'discard: [unlessCheckpoint(lostOutput)]',
    instead: 'discard: []',
    test: inStore('takes a job over when its lease ran out, and keeps the old output for a while'),
  },
];
