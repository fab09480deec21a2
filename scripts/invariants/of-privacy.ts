import { type Invariant, violation } from './invariant.ts';

/** I9: nobody but its owner sees a job: to all others it is as absent as one that never was. */
export const jobsArePrivate: Invariant = ({ census }) =>
  census.sights.flatMap(({ jobId, path, status }) =>
    status === 404 ? [] : violation('I9', jobId, `answers a stranger ${status} to ${path}`),
  );

/** I13: no secret and no token in any line of any log. */
export const logsAreDiscreet: Invariant = ({ census }) =>
  census.leaks.flatMap(({ file, secret }) => violation('I13', file, `holds ${secret}`));
