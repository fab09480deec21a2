import type { JobResult, Receipt } from '#shared/core/job';
import type { Claim, NewFile } from '#shared/core/ports';

/** An MP3 that is stored, and what was compared before it counts as one. */
export interface StoredMp3 {
  readonly result: JobResult;
  readonly receipt: Receipt;
}

/** The file that the MP3 of a claimed job goes into. */
export function mp3FileOf({ job, lease }: Claim): NewFile {
  return {
    ...{ fileId: lease.outputFileId, jobId: job.id, ownerId: job.ownerId },
    ...{ contentType: 'audio/mpeg', name: job.source.name },
  };
}
