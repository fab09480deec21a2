import * as v from 'valibot';
import { enter, patiently } from '../client/newcomer.ts';

/** What somebody was answered who asked for another person's job. */
export interface Sight {
  readonly jobId: string;
  readonly path: string;
  readonly status: number;
}

const paths = ['jobs/{id}', 'jobs/{id}/timeline', 'download/{id}'] as const;
const List = v.object({ jobs: v.array(v.object({ id: v.string() })) });

/**
 * Asks for each job, in each way it can be read, as somebody who has just registered. A job in
 * that person's own list counts as seen by `jobs`.
 */
export async function askAsStranger(
  gatewayUrl: string,
  jobIds: readonly string[],
): Promise<readonly Sight[]> {
  const { client } = await enter(gatewayUrl);
  const answered = (path: string) =>
    patiently(async () => {
      const answer = await client.call(path);
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(`${path} answers ${answer.status}`);
      return { status: answer.status, text };
    });
  const sights: Sight[] = [];
  for (const jobId of jobIds) {
    for (const path of paths) {
      const { status } = await answered(path.replace('{id}', jobId));
      sights.push({ jobId, path, status });
    }
  }
  const { status, text } = await answered('jobs');
  const { jobs } = v.parse(List, JSON.parse(text));
  return [...sights, ...jobs.map(({ id }) => ({ jobId: id, path: 'jobs', status }))];
}
