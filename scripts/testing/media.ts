import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '../../.local/test/media');

const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10'];
const noisySound =
  'sine=frequency=440:sample_rate=44100[a];anoisesrc=amplitude=0.05:sample_rate=44100[b];[a][b]amix';
const sound = ['-f', 'lavfi', '-i', noisySound];
const film = [...picture, ...sound, '-shortest', '-c:v', 'libx264', '-preset', 'ultrafast'];

/** How each sample is made; the extension says which container. All last `seconds`. */
const recipes = {
  'index-last.mp4': [...film, '-c:a', 'aac', '-ac', '2'],
  'index-first.mp4': [...film, '-c:a', 'aac', '-ac', '2', '-movflags', '+faststart'],
  'fragmented.mp4': [...film, '-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov'],
  'film.mkv': [...film, '-c:a', 'aac', '-ac', '2'],
  'live.mkv': [...film, '-c:a', 'aac', '-live', '1'],
  'film.webm': [...picture, ...sound, '-shortest', '-c:v', 'libvpx', '-c:a', 'libopus'],
  'film.mov': [...film, '-c:a', 'pcm_s16le'],
  'film.avi': [...picture, ...sound, '-shortest', '-c:v', 'mpeg4', '-c:a', 'mp3'],
  'film.flv': [...film, '-c:a', 'aac'],
  'film.ts': [...film, '-c:a', 'aac'],
  'film.wmv': [...picture, ...sound, '-shortest', '-c:v', 'wmv2', '-c:a', 'wmav2'],
  'surround.mkv': [...film, '-af', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0', '-c:a', 'ac3'],
  'sound.m4a': [...sound, '-c:a', 'aac', '-movflags', '+faststart'],
  'sound.wav': [...sound],
  'sound.flac': [...sound],
  'sound.ogg': [...sound, '-c:a', 'libvorbis'],
  'sound.caf': [...sound],
  'sound.mp3': [...sound, '-c:a', 'libmp3lame'],
  'sound.aac': [...sound, '-c:a', 'aac'],
  'sound.aiff': [...sound],
  'sound.au': [...sound],
  'film.mpg': [...film.slice(0, -4), '-r', '25', '-c:v', 'mpeg2video', '-c:a', 'mp2'],
  'high-rate.wav': [...sound, '-ar', '96000'],
  'low-rate.wav': [...sound, '-ar', '22050'],
  'no-sound-index-first.mp4': [
    ...[...picture, '-c:v', 'libx264', '-preset', 'ultrafast', '-movflags', '+faststart'],
  ],
  'no-sound.mp4': [...picture, '-c:v', 'libx264', '-preset', 'ultrafast'],
} as const;

/** A sample that {@link mediaFile} can make. */
export type MediaName = keyof typeof recipes;

/**
 * The path of a sample of `seconds`, made with the ffmpeg on PATH at first use and kept under
 * `.local/test/media`.
 */
export async function mediaFile(name: MediaName, seconds = 6): Promise<string> {
  const path = join(folder, `${seconds}s-${name}`);
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `draft-${process.pid}-${seconds}s-${name}`);
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin'],
    ...recipes[name],
    ...['-t', String(seconds), draft],
  ]);
  await rename(draft, path);
  return path;
}

/** A voice of 6 s as telephones record it: AMR frames of 12.2 kb/s, 20 ms each (RFC 4867 §5). */
export async function amrFile(): Promise<string> {
  const path = join(folder, '6s-voice.amr');
  await mkdir(folder, { recursive: true });
  const frame = Buffer.concat([Buffer.of(0x3c), Buffer.alloc(31, 0x11)]);
  await writeFile(path, Buffer.concat([Buffer.from('#!AMR\n'), ...Array<Buffer>(300).fill(frame)]));
  return path;
}

/** A sound so long that its conversion can be met while it runs: one sample, many times over. */
export async function longFile(minutes: number): Promise<string> {
  const path = join(folder, `${minutes}min-sound.m4a`);
  if (await exists(path)) return path;
  const draft = join(folder, `draft-${process.pid}-${minutes}min-sound.m4a`);
  const minute = await mediaFile('sound.m4a', 60);
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-stream_loop', String(minutes - 1), '-i', minute],
    ...['-c', 'copy', '-movflags', '+faststart', draft],
  ]);
  await rename(draft, path);
  return path;
}

/** An MP3 of 320 kb/s that is copied and not encoded: 2.4 MB for each minute. */
export async function largeMp3(minutes: number): Promise<string> {
  const path = join(folder, `${minutes}min-large.mp3`);
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `draft-${process.pid}-${minutes}min-large.mp3`);
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', ...tone, '-t', String(60 * minutes)],
    ...['-c:a', 'libmp3lame', '-b:a', '320k', '-compression_level', '9', draft],
  ]);
  await rename(draft, path);
  return path;
}

/** A sample under another name. */
export async function copyOf(name: MediaName, as: string): Promise<string> {
  const path = join(folder, as);
  await copyFile(await mediaFile(name), path);
  return path;
}

/** The first half of a sample: a copy that was cut off. */
export async function halfOf(name: MediaName, seconds = 6): Promise<string> {
  const whole = await mediaFile(name, seconds);
  const path = join(folder, `half-${seconds}s-${name}`);
  const draft = `${path}.${process.pid}`;
  await copyFile(whole, draft);
  const { size } = await stat(draft);
  // An odd size: a transport stream cut between two packets is a whole one.
  await truncate(draft, Math.floor(size / 2) | 1);
  await rename(draft, path);
  return path;
}

/** A text that calls itself a video. */
export async function textFile(): Promise<string> {
  const path = join(folder, 'text.mp4');
  await mkdir(folder, { recursive: true });
  await writeFile(path, 'This is a text and no video.\n'.repeat(100));
  return path;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
