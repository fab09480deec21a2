import { attemptLimit, remedy, sentence } from '#shared/core/errors';
import type { Degraded, Job } from '#shared/core/job';
import type { DueMail, MailMessage } from '#shared/core/ports';
import { printable, spokenDuration, spokenSize } from './label.ts';
import { asHtml, asText, type Letter, type Paragraph } from './letter.ts';

/**
 * The message of a mail; undefined when what it tells of is not there any more. `publicUrl` is
 * the gateway as people reach it.
 */
export function compose(mail: DueMail, publicUrl: string): MailMessage | undefined {
  const letter = letterOf(mail, publicUrl);
  if (letter === undefined) return undefined;
  const signed = { ...letter, paragraphs: [...letter.paragraphs, ...signature(mail)] };
  return {
    to: mail.to,
    messageId: mail.messageId,
    subject: letter.subject,
    text: asText(signed),
    html: asHtml(signed),
  };
}

function letterOf({ kind, job }: DueMail, publicUrl: string): Letter | undefined {
  switch (kind) {
    case 'conversion_completed':
      return job?.result && completed(job, job.result, publicUrl);
    case 'conversion_failed':
      return job?.error && failed(job, job.error, publicUrl);
    case 'account_exists':
      return accountExists;
  }
}

function completed(job: Job, result: NonNullable<Job['result']>, publicUrl: string): Letter {
  const name = printable(job.source.name);
  const sound = `${spokenDuration(result.durationSeconds)} of sound, ${spokenSize(result.bytes)}`;
  const { degraded } = result;
  return {
    subject: `Your MP3 of “${name}” is ${degraded ? 'not complete' : 'ready'}`,
    paragraphs: [
      { words: `“${name}” is converted: ${sound}.` },
      ...(degraded ? incomplete(degraded) : []),
      {
        words: 'Download it with your account; nobody else can open this address:',
        link: new URL(`/function/download/${job.id}`, publicUrl).href,
      },
      ...kept('The MP3', job.expiresAt),
    ],
  };
}

/** What is missing is told in front of the address: nobody is to take a part for the whole. */
function incomplete({ code, promisedSeconds, decodedSeconds }: Degraded): readonly Paragraph[] {
  const whole = promisedSeconds === null ? '' : ` of ${spokenDuration(promisedSeconds)}`;
  const heard = `${spokenDuration(decodedSeconds)}${whole} could be read`;
  return [
    { words: `It is not complete: ${heard}. ${sentence[code]} You asked for what there is.` },
    { words: 'To get all of it, upload the video again from where it is whole.' },
    { words: `Code: ${code}.` },
  ];
}

function failed(job: Job, error: NonNullable<Job['error']>, publicUrl: string): Letter {
  const name = printable(job.source.name);
  return {
    subject: `“${name}” could not be converted`,
    paragraphs: [
      { words: `“${name}” could not be converted to MP3. ${error.message}` },
      { words: `What to do: ${remedy[error.code]}` },
      ...(attemptLimit[error.code] === 1 ? [] : onceMore(job, publicUrl)),
      { words: `Error code: ${error.code}. Job: ${job.id}.` },
    ],
  };
}

function onceMore(job: Job, publicUrl: string): readonly Paragraph[] {
  return [
    {
      words: 'To try the conversion once more, without uploading again, send a POST to',
      link: new URL(`/function/jobs/${job.id}/retry`, publicUrl).href,
    },
    ...kept('Your video', job.expiresAt),
  ];
}

function kept(what: string, until: Date | undefined): readonly Paragraph[] {
  if (until === undefined) return [];
  const time = until.toISOString().replace('T', ' ').slice(0, 16);
  return [{ words: `${what} is kept until ${time} UTC.` }];
}

const accountExists: Letter = {
  subject: 'You already have an account',
  paragraphs: [
    { words: 'Someone, probably you, tried to register with this e-mail address.' },
    { words: 'It has an account already, so nothing was changed. If it was you, just log in.' },
    { words: 'If it was not you, there is nothing to do: whoever it was learned nothing.' },
  ],
};

/** The word to search the logs for. */
function signature({ requestId }: DueMail): readonly Paragraph[] {
  return requestId === undefined ? [] : [{ words: `Request: ${requestId}` }];
}
