import type { Accepted } from '../invariants/census.ts';
import { mediaFile } from './media.ts';
import { newPerson, type Person } from './service.ts';

/** A video that was taken with a 2xx, and who sent it. */
export interface AcceptedVideo extends Accepted {
  readonly person: Person;
  /** How long the answer took. */
  readonly tookMs: number;
}

/** Uploads a short sound that converts in a moment. */
export async function uploadShort(person?: Person): Promise<AcceptedVideo> {
  const soundSeconds = 1;
  return uploadAs(await mediaFile('sound.m4a', soundSeconds), { soundSeconds }, person);
}

/** Uploads a file whose job must end like that. */
export async function uploadAs(
  path: string,
  ends: Accepted['ends'],
  known?: Person,
): Promise<AcceptedVideo> {
  const person = known ?? (await newPerson());
  const startedAt = performance.now();
  const { id } = await person.client.upload(path);
  return { jobId: id, ends, person, tookMs: performance.now() - startedAt };
}
