import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Looks again and again; rejects with what was waited for. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  withinMs = 20_000,
): Promise<void> {
  if (!(await isSoWithin(withinMs, isSo))) throw new Error(`waited ${withinMs} ms for ${what}`);
}

/** Whether it came true in time. */
export async function isSoWithin(
  withinMs: number,
  isSo: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}
