import { type Guard, inConvertJob, inStore, inSweep } from './guard.ts';

/** What keeps jobs from being lost, doubled or tried for ever. */
export const guardsOfJobs: readonly Guard[] = [
  {
    invariant: 'I1',
    broken: 'the sweep rings for no job that nobody came for',
    file: 'functions/sweep/sweep.ts',
    text: 'ring.again(await upkeep.unheard(unheardSeconds, wakeUps))',
    instead: '0',
    test: inSweep('reliability 12: goes to the function for a job unheard for 30 s'),
  },
  {
    invariant: 'I1',
    broken: 'the sweep overlooks jobs whose lease ran out',
    file: 'shared/adapters/postgres/job-upkeep.ts',
    text: "${statesBefore('claim')} AND attempt < max_attempts AND due_at <= now()\n      AND (called_at",
    instead: "= 'queued' AND attempt < max_attempts AND due_at <= now()\n      AND (called_at",
    test: inStore('rings at once for a job whose lease ran out (S5)'),
  },
  {
    invariant: 'I2',
    broken: 'a worker writes under a lease that it lost',
    file: 'shared/adapters/postgres/job-claims.ts',
    text: "'id = $1 AND lease_token = $2 AND output_file_id = $3'",
    instead: "'id = $1 AND $2::int > 0 AND $3::text IS NOT NULL'",
    test: inStore('every write is refused'),
  },
  {
    invariant: 'I2',
    broken: 'a worker that lost its lease leaves its MP3',
    file: 'functions/convert/convert-job.ts',
    text: "files.remove('mp3s', claim.lease.outputFileId)",
    instead: 'Promise.resolve()',
    test: inConvertJob('row 30: removes its candidate when somebody else has the job'),
  },
  {
    invariant: 'I3',
    broken: 'a step is made from any state',
    file: 'shared/adapters/postgres/transition.ts',
    text: 'WHERE state ${statesBefore(step)} AND ${where} ${pick}',
    instead: 'WHERE ${where} ${pick}',
    test: inStore('does not cancel what is'),
  },
  {
    invariant: 'I4',
    broken: 'a job whose attempts are used up is claimed again',
    file: 'shared/adapters/postgres/job-claims.ts',
    text: 'attempt < max_attempts AND due_at <= now()',
    instead: 'due_at <= now()',
    test: inStore('takes no job whose attempts are used up'),
  },
  {
    invariant: 'I4',
    broken: 'what kills an attempt is tried as often as anything',
    file: 'shared/core/jobs.ts',
    text: 'return alike < limit && attempt < mostAttempts;',
    instead: 'return attempt < mostAttempts;',
    test: inConvertJob('row 3: gives up on what is killed for its size after two attempts'),
  },
  {
    invariant: 'I10',
    broken: 'a worker goes on though its lease is lost',
    file: 'functions/convert/convert-job.ts',
    text: 'AbortSignal.any([stopping, lease.lost, deadline.passed])',
    instead: 'AbortSignal.any([stopping, deadline.passed])',
    test: inConvertJob('lets go of a job that its owner cancels'),
  },
  {
    invariant: 'I11',
    broken: 'the sweep knows no way but the broker',
    file: 'functions/sweep/ring.ts',
    text: "failingFast(publishers.gateway, 'gateway', log)",
    instead: "failingFast(publishers.broker, 'gateway', log)",
    test: inSweep(
      'test zero: without a broker jobs, and then their mails, are heard by sweep alone',
    ),
  },
];
