import { attemptLimit, type ErrorCode, httpStatus, remedy, sentence } from '#shared/core/errors';
import { type Place, places } from './places.ts';
import { table } from '../markdown/table.ts';

const placeName = {
  answer: 'answer',
  upload: 'aborted upload',
  conversion: 'failed job, mail',
  result: 'done job',
} as const satisfies Record<Place, string>;

const introduction = `<!-- Made by \`node scripts/errors-doc.ts\` out of shared/core/errors.ts. -->

# Errors

All that can go wrong has one of these codes, and no other. A code, its sentence and what to do
about it are the same wherever a person meets them:

- **answer**: the body of an HTTP error, \`application/problem+json\`, as \`code\`, \`detail\` and
  \`remedy\`. Its \`requestId\` is the word to search the logs for.
- **aborted upload**, **failed job**, **done job**: the \`error\` of a job, as \`code\`, \`message\` and \`remedy\`.
- **mail**: the mail about a failed job, in words and with the code.

Where more is known than the sentence says (which field, how many bytes), \`detail\` and \`message\`
say that instead. _Tries_ is how often a conversion is tried that fails with the code: one where
trying again cannot help, two where the file itself may be what ends a worker, five where the
machines are at fault. Each kind is counted for itself, and five is the most for all together.
After them the job is \`failed\`, and a person can still ask for a retry
while the video is kept.

An upload is refused while it still flows where its first MiB makes it certain: \`not_media\` and
\`playlist\` by the first bytes, which say what the file is instead; \`no_audio\`, \`encrypted\`,
\`too_long\` and \`too_large\` by the index of an MP4, QuickTime, Matroska or WebM file where that comes
first, and by the header of a WAV or Windows Media file. What is not certain there is decided by the
conversion, with the same codes and sentences; both list what was found, such as
\`video (h264), no sound track\`.
`;

/** The text of docs/errors.md. */
export function errorsDocument(): string {
  const head = ['Code', 'HTTP', 'Seen in', 'Tries', 'What happened', 'What to do'];
  return `${introduction}\n${table([head, ...Object.keys(places).filter(isCode).map(row)])}`;
}

function row(code: ErrorCode): readonly string[] {
  const seen = places[code];
  return [
    `\`${code}\``,
    String(httpStatus[code]),
    seen.map((place) => placeName[place]).join(', '),
    seen.includes('conversion') ? String(attemptLimit[code]) : '',
    sentence[code],
    remedy[code],
  ];
}

function isCode(name: string): name is ErrorCode {
  return name in sentence;
}
