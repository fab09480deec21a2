import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { JobStep } from '#shared/core/jobs';
import type { Bench } from './benchmark.ts';
import type { Service } from './service.ts';

/** What the MP3s of the benchmarks are made with: the service's own defaults. */
export const mp3Settings = ['-vn', '-c:a', 'libmp3lame', '-b:a', '192k'] as const;

/** What anybody would type who has the file at hand. */
export async function runFfmpeg({ service, folder, signal }: Bench, video: string): Promise<void> {
  const mp3 = join(folder, 'bare.mp3');
  const args = ['-nostdin', '-v', 'error', '-y', '-i', video, ...mp3Settings, mp3];
  await promisify(execFile)(service.addresses.ffmpegPath, args, { signal });
  await rm(mp3);
}

/** A connection to the service's database, without its limits, for as long as the work lasts. */
export async function onDatabase<T>(
  { addresses }: Pick<Service, 'addresses'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: addresses.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** From the first time one of the jobs made this step to the last MP3, by the database's clock. */
export function secondsUntilDone(
  { service }: Bench,
  jobIds: readonly string[],
  since: Extract<JobStep, 'accept' | 'claim'>,
): Promise<number> {
  return onDatabase(service, async (client) => {
    const { rows } = await client.query<{ seconds: number }>(
      `SELECT extract(epoch FROM
         max((edge->>'at')::timestamptz) FILTER (WHERE edge->>'step' = 'publish') -
         min((edge->>'at')::timestamptz) FILTER (WHERE edge->>'step' = $2)
       )::float8 AS seconds FROM jobs, jsonb_array_elements(history) AS edge WHERE id = ANY ($1)`,
      [jobIds, since],
    );
    return rows[0]?.seconds ?? NaN;
  });
}
