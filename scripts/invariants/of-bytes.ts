import { isActive } from '#shared/core/jobs';
import { type Invariant, violation } from './invariant.ts';

/** I2: at most one MP3 for each job, and it is the result exactly when the job is done. */
export const nothingIsDoubled: Invariant = ({ census }) => {
  const mp3s = Map.groupBy(
    census.files.filter(({ bucket }) => bucket === 'mp3s'),
    ({ jobId }) => jobId,
  );
  return census.jobs.flatMap(({ id, state, result }) => {
    const found = (mp3s.get(id) ?? []).map(({ fileId }) => fileId);
    const wanted = state === 'done' && result ? [result.fileId] : [];
    return same(found, wanted)
      ? []
      : violation(
          'I2',
          id,
          `is ${state} and has the MP3s [${found.join()}], not [${wanted.join()}]`,
        );
  });
};

/** I5: the bytes are those of the result, and they hold all the sound of the source. */
export const successIsTrue: Invariant = ({ census, accepted }) => {
  const lengths = new Map(
    accepted.flatMap(({ jobId, ends }) =>
      'soundSeconds' in ends ? [[jobId, ends.soundSeconds]] : [],
    ),
  );
  const files = new Map(census.files.map((file) => [file.fileId, file]));
  return census.jobs.flatMap(({ id, result }) => {
    const file = result && files.get(result.fileId);
    if (!file) return [];
    const found = file.soundSeconds ?? result.durationSeconds;
    const wanted = lengths.get(id) ?? found;
    const off = Math.max(...[found, result.durationSeconds].map((one) => Math.abs(one - wanted)));
    return [
      ...(file.sha256 === result.sha256
        ? []
        : violation('I5', id, 'has other bytes than its hash')),
      ...(file.bytes === result.bytes ? [] : violation('I5', id, 'has another size than it says')),
      ...(off <= Math.max(0.2, wanted / 100)
        ? []
        : violation('I5', id, `has ${found} s of sound, its source ${wanted} s`)),
    ];
  });
};

/** I5: what is known not to be complete was asked for as such, and is told to be what it is. */
export const degradedIsTold: Invariant = ({ census, accepted }) => {
  const wanted = new Map(
    accepted.map(({ jobId, ends }) => [jobId, 'degraded' in ends ? ends.degraded : undefined]),
  );
  return census.jobs.flatMap(({ id, result, allowsPartial }) => {
    if (!result) return [];
    const found = result.degraded?.code;
    return [
      ...(found === undefined || allowsPartial
        ? []
        : violation('I5', id, `is degraded (${found}), which nobody asked for`)),
      ...(!wanted.has(id) || wanted.get(id) === found
        ? []
        : violation('I5', id, `is ${say(found)}, its end is ${say(wanted.get(id))}`)),
    ];
  });
};

function say(code: string | undefined): string {
  return code === undefined ? 'complete' : `degraded (${code})`;
}

/** I6: no byte without a row that answers for it. */
export const bytesAreOwned: Invariant = ({ census }) => {
  const owned = new Set(
    [
      ...census.jobs.flatMap(({ sourceFileId, outputFileId, result }) => [
        sourceFileId,
        outputFileId,
        result?.fileId,
      ]),
      ...census.discarded.map(({ fileId }) => fileId),
    ].filter((fileId) => typeof fileId === 'string'),
  );
  const complete = new Set(census.files.map(({ fileId }) => fileId));
  const uploading = new Set(
    census.jobs.flatMap((job) => (isActive(job.state) ? [job.sourceFileId, job.outputFileId] : [])),
  );
  return census.chunked.flatMap(({ bucket, fileId }) => {
    if (!owned.has(fileId)) return violation('I6', fileId, `has chunks in ${bucket} and no row`);
    const isPart = !complete.has(fileId) && !uploading.has(fileId);
    const isKept = census.discarded.some((one) => one.fileId === fileId);
    return isPart && !isKept ? violation('I6', fileId, `is a part of a file in ${bucket}`) : [];
  });
};

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && found.every((one, index) => one === wanted[index]);
}
