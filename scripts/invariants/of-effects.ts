import type { JobFacts, MailFacts } from './census.ts';
import { type Invariant, violation } from './invariant.ts';

/** I8: one mail for each end that a job came to; a round begins when a person asks once more. */
export const mailsAreSingle: Invariant = ({ census, copiesAllowed }) => {
  const rounds = new Map(census.jobs.map((job) => [job.id, roundsOf(job)]));
  const mails = new Set(census.mails.map((mail) => `${mail.jobId} ${nameOf(mail)}`));
  const arrivals = census.mails.flatMap((mail) => {
    const { jobId, round, state, arrived } = mail;
    // Not sent before the person asked once more, it told of nothing any more.
    const isDropped = state === 'failed' && round < (rounds.get(jobId)?.length ?? 0);
    if (state !== 'sent' && !isDropped)
      return violation('I8', jobId, `${nameOf(mail)} is ${state}`);
    const isRight = arrived <= copiesAllowed && (arrived >= 1 || isDropped);
    return isRight ? [] : violation('I8', jobId, `${nameOf(mail)} arrived ${arrived} times`);
  });
  const missing = [...rounds].flatMap(([jobId, ends]) =>
    ends.flatMap((kind, index) => {
      const name = kind && nameOf({ kind, round: index + 1 });
      return !name || mails.has(`${jobId} ${name}`) ? [] : violation('I8', jobId, `no ${name}`);
    }),
  );
  return [...arrivals, ...missing];
};

const kinds = { publish: 'conversion_completed', fail: 'conversion_failed' } as const;

/** What is to be told about each round of a job; undefined for one without an end to tell of. */
function roundsOf({ history }: JobFacts): readonly (MailFacts['kind'] | undefined)[] {
  return history.reduce<(MailFacts['kind'] | undefined)[]>(
    (rounds, { step }) => {
      if (step === 'retry') return [...rounds, undefined];
      if (step === 'publish' || step === 'fail') return rounds.with(-1, kinds[step]);
      return rounds;
    },
    [undefined],
  );
}

function nameOf({ kind, round }: Pick<MailFacts, 'kind' | 'round'>): string {
  return round === 1 ? kind : `${kind} of round ${round}`;
}

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
