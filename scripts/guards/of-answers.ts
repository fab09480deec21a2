import { type Guard, inStore } from './guard.ts';

/** What keeps people, mailboxes, the connector and the log from being told too much. */
export const guardsOfAnswers: readonly Guard[] = [
  {
    invariant: 'I8',
    broken: 'a mail in the hands of one sender is given to another',
    file: 'shared/adapters/postgres/mails.ts',
    text: "due_at = now() + ${seconds('$1 * 2 ^ greatest(attempt - 1, 0)')}",
    instead: "due_at = now() + ${seconds('0 * $1')}",
    test: inStore('hands a mail to one sender at a time'),
  },
  {
    invariant: 'I8',
    broken: 'a mail that is sent again looks like another one',
    file: 'shared/adapters/postgres/mails.ts',
    text: 'messageId(row.kind, row.jobId ?? row.mailId, row.mailRound, domain)',
    instead: 'messageId(row.kind, row.jobId ?? row.mailId, row.mailAttempt, domain)',
    test: inStore('hands it out again, with the same Message-ID, when the sender died (28)'),
  },
  {
    invariant: 'I8',
    broken: 'that a mail was sent is told only once, whoever hears it',
    file: 'functions/notify/deliver.ts',
    text: 'askAgain(deps.clock, () => conclude(deps, mail, result))',
    instead: 'conclude(deps, mail, result)',
    test: {
      kind: 'unit',
      file: 'functions/notify/deliver.test.ts',
      title: 'reliability 19: notes once more what a silent Postgres did not note',
    },
  },
  {
    invariant: 'I9',
    broken: 'a job is found without asking whose it is',
    file: 'shared/adapters/postgres/job-shelf.ts',
    text: "'id = $2 AND owner_id = $1 AND NOT hidden'",
    instead: "'id = $2 AND $1::uuid IS NOT NULL AND NOT hidden'",
    test: inStore("does not know another person's job, a random id or a malformed one (31, I9)"),
  },
  {
    invariant: 'I12',
    broken: 'a bell is answered with another 2xx than 200',
    file: 'shared/runtime/event.ts',
    text: 'return empty(200);',
    instead: 'return empty(202);',
    test: {
      kind: 'integration',
      file: 'shared/runtime/event.integration.test.ts',
      title: 'answers a bell of ours 200 at once and wakes the work (C1, C2, I12)',
    },
  },
  {
    invariant: 'I13',
    broken: 'credentials are logged as they come',
    file: 'shared/runtime/log.ts',
    text: "redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[masked]' }",
    instead: 'redact: []',
    test: { kind: 'unit', file: 'shared/runtime/log.test.ts', title: '(65, C9, I13)' },
  },
];
