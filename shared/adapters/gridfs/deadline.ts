import { AppError } from '#shared/core/errors';

/** Runs one operation of the driver; see {@link createDeadline}. */
export type Deadline = <T>(operation: Promise<T>) => Promise<T>;

/**
 * Gives an operation so many milliseconds. What the driver throws, and silence, become `storage`
 * with the driver's error as the cause. Operations are short (a batch of chunks at most), so one
 * that has not ended by then makes no progress.
 */
export function createDeadline(milliseconds: number): Deadline {
  return async (operation) => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`The file store did not answer within ${milliseconds} ms.`));
      }, milliseconds);
    });
    try {
      return await Promise.race([operation, silence]);
    } catch (cause) {
      throw new AppError('storage', undefined, { cause });
    } finally {
      clearTimeout(timer);
    }
  };
}
