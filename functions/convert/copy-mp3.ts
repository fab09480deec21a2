import type { ConversionOptions } from '#shared/contracts/options';
import { CopiedFrames, gapsOfCopy } from '#shared/core/copied-frames';
import { AppError } from '#shared/core/errors';
import type { Job, Receipt } from '#shared/core/job';
import { firstFrameAt, gapsBytes, gapsOf, id3HeaderBytes } from '#shared/core/lame-tag';
import type { Gaps } from '#shared/core/lame-tag';
import { samplesPerFrame } from '#shared/core/mp3';
import { appliedOptions } from '#shared/core/options';
import type { AudioTrack } from '#shared/core/media';
import type { Claim, FileStore, Probe, SourceRequest } from '#shared/core/ports';
import { labelsOf } from '#shared/core/tracks';
import { infoFrameBytes, infoFrameWith } from '#shared/core/xing';
import { copyFrames } from './copy-frames.ts';
import type { ConvertDeps } from './deps.ts';
import { lengthWarnings } from './receipt.ts';
import { faultIn, openSound } from './sound.ts';
import type { Sound } from './sound.ts';
import { mp3FileOf } from './stored-mp3.ts';
import type { StoredMp3 } from './stored-mp3.ts';
import type { SoundTag } from './tag-sound.ts';

type CopyDeps = Pick<ConvertDeps, 'files' | 'transcoder' | 'limits' | 'log'>;

/** What is copied, and what goes in front of it. */
export interface CopyTask {
  readonly source: SourceRequest;
  readonly probe: Probe;
  readonly track: AudioTrack;
  readonly tag: SoundTag;
  readonly onProgress: (share: number) => void;
}

const soundOptions = [
  ...(['bitrate', 'quality', 'sampleRate', 'channels', 'start', 'end', 'loudness'] as const),
] as const satisfies readonly (keyof ConversionOptions)[];

/** A shorter silence in front is not worth a second encoding. */
const noticeableSeconds = 0.05;

/**
 * The copy of a track that is an MP3 already, where nothing is asked for that changes its sound.
 * Undefined where the sound is to be made anew: also for a source that does not copy to the sample,
 * and for one that is damaged where a part of it is allowed.
 */
export async function copyWherePossible(
  deps: CopyDeps,
  claim: Claim,
  task: CopyTask,
): Promise<StoredMp3 | undefined> {
  if (!isCopyable(task.track, claim.job.options)) return undefined;
  try {
    return await copyMp3(deps, claim, task);
  } catch (error) {
    task.source.signal.throwIfAborted();
    const isPartialWanted = claim.job.options.allowPartial && faultIn(error) !== undefined;
    if (error instanceof AppError && error.code !== 'internal' && !isPartialWanted) throw error;
    deps.log.warn({ jobId: claim.job.id, err: error }, 'an MP3 cannot be copied');
    return undefined;
  }
}

function isCopyable(track: AudioTrack, options: Job['options']): boolean {
  const isAsItIs = soundOptions.every((name) => options[name] === undefined);
  const isOnTime = track.startsAfterSeconds < noticeableSeconds;
  return track.codec === 'mp3' && track.channels <= 2 && isAsItIs && isOnTime;
}

/**
 * Stores the frames of an MP3 track as they are, behind a tag and an info frame of ours. The track
 * is decoded beside and held against its promise like any other: a damaged source is no success.
 * Rejects, with nothing stored, also where frames and samples do not agree; then the sound is to be
 * made anew.
 */
async function copyMp3(deps: CopyDeps, claim: Claim, task: CopyTask): Promise<StoredMp3> {
  const { source, track, tag } = task;
  const shape = shapeOf(track);
  const told = await toldGaps(deps.files, claim.job, source);
  const plan = { track, shape, excerpt: whole };
  const sound = openSound(deps, { ...task, ...source, plan });
  const seen = new CopiedFrames(shape);
  const request = { ...source, trackIndex: track.index };
  const frames = copyFrames(deps.transcoder, request, sound, seen);
  const end = () => endOf(seen, { sound, told, shape, hasEditList: source.container === 'mp4' });
  const bytes = tag.bytes.length + infoFrameBytes(shape);
  const head = { bytes, build: () => Buffer.concat([tag.bytes, end().infoFrame]) };
  try {
    const file = mp3FileOf(claim);
    const stored = await deps.files.writeWithHead('mp3s', file, frames, head, source.signal);
    const { samples, frames: count } = end();
    const { sha256 } = stored;
    const { version: encoder } = deps.transcoder;
    const made = { samples, frames: count, encoder, sha256, options: claim.job.options };
    const receipt = receiptOf(task, sound, made);
    return { result: { ...stored, durationSeconds: samples / shape.sampleRate }, receipt };
  } finally {
    await frames.return(undefined);
  }
}

const whole = { from: 0, until: Infinity, trackStart: 0 };

/** The rate is not known before the last frame; the info frame is as long for each. */
function shapeOf({ sampleRate, channels }: AudioTrack) {
  return { sampleRate, channels: channels === 1 ? 1 : 2, rate: { kbps: 0 } } as const;
}

/** What a bare MP3 says of its own gaps. In other containers their demuxers decide. */
async function toldGaps(
  files: FileStore,
  { source }: Job,
  { container, signal }: SourceRequest,
): Promise<Gaps | undefined> {
  if (container !== 'mp3') return undefined;
  const read = async (start: number, bytes: number) => {
    const range = { start, end: Math.min(start + bytes, source.bytes ?? 0) };
    if (range.end <= start) return new Uint8Array();
    return Buffer.concat(await Array.fromAsync(files.read('videos', source.fileId, range, signal)));
  };
  return gapsOf(await read(firstFrameAt(await read(0, id3HeaderBytes)), gapsBytes));
}

interface Ending {
  readonly sound: Sound;
  readonly told: Gaps | undefined;
  readonly shape: ReturnType<typeof shapeOf>;
  readonly hasEditList: boolean;
}

function endOf(seen: CopiedFrames, { sound, told, shape, hasEditList }: Ending) {
  const { counted, rate } = seen.end();
  const { sampleRate } = shape;
  const { frames } = counted;
  const copied = { frames, decoded: sound.decoded.samples, sampleRate };
  const gaps = gapsOfCopy(copied, told, hasEditList);
  if (!gaps) throw new Error(`${frames} frames and ${copied.decoded} samples do not agree`);
  const known = gaps === 'none' ? undefined : gaps;
  const dropped = known ? known.delay + known.padding : 0;
  const infoFrame = infoFrameWith({ ...shape, rate }, counted, known);
  return { infoFrame, frames, samples: frames * samplesPerFrame(sampleRate) - dropped };
}

type Ordered = Pick<Job, 'options'>;

function receiptOf(
  { source, probe, track, tag }: CopyTask,
  { decoded }: Sound,
  { options, ...made }: Pick<Receipt, 'samples' | 'frames' | 'encoder' | 'sha256'> & Ordered,
): Receipt {
  const { codec, promised, sampleRate, channels } = track;
  const number = probe.tracks.indexOf(track) + 1;
  return {
    ...{ promisedSeconds: promised.seconds, decodedSeconds: decoded.seconds },
    ...{ ...made, sampleRate, channels, codec, container: source.container },
    ...{ tracks: labelsOf(probe.tracks), track: number },
    options: appliedOptions(options, { sampleRate, channels, track: number }, true),
    ...{ isCopied: true, segments: 1, resumedSegments: 0 },
    warnings: [...lengthWarnings(track), ...tag.warnings],
  };
}
