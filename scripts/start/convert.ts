import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { JobView } from '#shared/contracts/jobs';
import type { Client, UploadOptions } from '../client/client.ts';
import { ServiceError } from '../client/request.ts';
import type { Stages } from './stages.ts';

/** An account to try the service with. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

/** An account nobody had before. */
export function newAccount(): Account {
  return { email: `visitor-${randomUUID()}@example.com`, password: randomUUID() };
}

/**
 * Sends a video through the whole service and writes its MP3 to `out`. Resolves with the job only
 * if the MP3 on disk is the one the receipt speaks of; rejects with {@link ServiceError} and the
 * service's own code and sentence otherwise. `out` appears whole or not at all.
 */
export async function convertThroughService(
  client: Client,
  account: Account,
  order: { readonly video: string; readonly out: string; readonly options?: UploadOptions },
  stages: Stages,
): Promise<JobView> {
  await client.register(account.email, account.password);
  await client.login(account.email, account.password);
  const onProgress = (share: number) => stages.uploading(share);
  const { id } = await client.upload(order.video, onProgress, order.options);
  stages.uploaded();
  const job = await client.watch(id, (seen) => stages.changed(seen));
  if (job.result === null) throw failure(job);
  const partial = `${order.out}.partial`;
  try {
    await client.download(id, partial);
    if ((await sha256(partial)) !== job.result.sha256) {
      throw new ServiceError('storage', 500, 'The MP3 arrived damaged. Download it again.');
    }
    await rename(partial, order.out);
  } finally {
    await rm(partial, { force: true });
  }
  return job;
}

function failure({ state, error }: JobView): ServiceError {
  return new ServiceError(
    error?.code ?? state,
    500,
    error ? `${error.message} ${error.remedy}` : `The job is ${state}.`,
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
