import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '../stack/errors.ts';

/** What `npm start` was asked for. */
export interface Command {
  /** Absent: a sample is made. */
  readonly video: string | undefined;
  /** Absent: named after the video. */
  readonly out: string | undefined;
  /** Whether everything stays up after the conversion. */
  readonly stays: boolean;
  readonly install: boolean;
  /** What is asked of the conversion, by the names of its options. */
  readonly options: Readonly<Record<string, string>>;
}

/** What to print, and the exit code, where there is nothing to do. */
export interface Refusal {
  readonly text: string;
  readonly exitCode: number;
}

const usage = `npm start [-- VIDEO] [-- --once VIDEO --out FILE.mp3] [-- --no-install]

  Starts the real servers and all functions, converts a video through every part of the service,
  says where everything is, and stays until Ctrl-C. What it started is stopped then; data stay.

  VIDEO                      your own file instead of a sample
  --out FILE.mp3             where the MP3 goes      [.local/<name of the video>.mp3]
  --once VIDEO --out FILE    convert, stop what this started, and exit: 0 only if the MP3 is
                             complete, else the code and the reason on stderr; with
                             allowPartial=true an incomplete one is written nevertheless
  --option NAME=VALUE        what to ask of the conversion, such as bitrate=128, track=de or
                             start=1:30; may be given several times
  --no-install               download and install nothing
  --help                     this text`;

const options = {
  once: { type: 'string' },
  out: { type: 'string' },
  option: { type: 'string', multiple: true },
  'no-install': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The command of these words, or why there is none. */
export function readCommand(args: string[]): Command | Refusal {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (values.help) return { text: usage, exitCode: 0 };
    const { once, out, option: asked = [] } = values;
    if (once !== undefined && out === undefined) return refuse('--once needs --out FILE.mp3');
    const [video, ...others] = once === undefined ? positionals : [once, ...positionals];
    if (others.length > 0) return refuse(`one video at a time\n\n${usage}`);
    if (video !== undefined && !existsSync(video)) return refuse(`there is no file ${video}`);
    const unclear = asked.find((word) => !/^\w+=/.test(word));
    if (unclear !== undefined) return refuse(`--option takes NAME=VALUE, not ${unclear}`);
    return {
      ...{ video, out, stays: once === undefined, install: !values['no-install'] },
      options: Object.fromEntries(asked.map(nameAndValue)),
    };
  } catch (error) {
    return refuse(`${messageOf(error)}\n\n${usage}`);
  }
}

function nameAndValue(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function refuse(text: string): Refusal {
  return { text, exitCode: 2 };
}
