import { type Invariant, violation } from './invariant.ts';

/** I8: one mail for each end of a job. */
export const mailsAreSingle: Invariant = ({ census, copiesAllowed }) => {
  const mails = new Map(census.mails.map((mail) => [`${mail.jobId} ${mail.kind}`, mail]));
  const arrivals = census.mails.flatMap(({ jobId, kind, state, arrived }) => {
    if (state !== 'sent') return violation('I8', jobId, `${kind} is ${state}`);
    const isRight = arrived >= 1 && arrived <= copiesAllowed;
    return isRight ? [] : violation('I8', jobId, `${kind} arrived ${arrived} times`);
  });
  const ends = { done: 'conversion_completed', failed: 'conversion_failed' } as const;
  const missing = census.jobs.flatMap(({ id, state }) => {
    if (state !== 'done' && state !== 'failed') return [];
    return mails.has(`${id} ${ends[state]}`) ? [] : violation('I8', id, `no ${ends[state]}`);
  });
  return [...arrivals, ...missing];
};

/** I10: no ffmpeg without a job that is being worked on. */
export const processesEnd: Invariant = ({ census }) => {
  const isWorking = census.jobs.some(({ state }) => state === 'running');
  return isWorking
    ? []
    : census.ffmpegs.flatMap((pid) => violation('I10', `process ${pid}`, 'is an ffmpeg of no job'));
};

/** The connector gives up after 60 s and hears nothing but 200; a busy function answers too. */
const answerMs = 1_000;

/** I12: every bell is answered within a second, and with 200. */
export const answersAreQuick: Invariant = ({ census }) => {
  const byFunction = Map.groupBy(census.answers, ({ functionName }) => functionName);
  return [...byFunction].flatMap(([name, answers]) => {
    const others = new Set(answers.map(({ status }) => status ?? 'nothing'));
    others.delete(200);
    const slowest = Math.round(Math.max(...answers.map(({ tookMs }) => tookMs)));
    return [
      ...(others.size > 0 ? violation('I12', name, `answers ${[...others].join()}`) : []),
      ...(slowest >= answerMs ? violation('I12', name, `answers after ${slowest} ms`) : []),
    ];
  });
};
