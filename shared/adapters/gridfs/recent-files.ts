import type { FileDocument } from './layout.ts';

/** Files whose document is remembered. */
const most = 16;

/** Looks up files documents, and remembers the last few: they never change. */
export interface RecentFiles {
  find(fileId: string): Promise<FileDocument | undefined>;
  /** For a file that is being removed. */
  forget(fileId: string): void;
}

/**
 * Remembers what `look` finds: of a film that is read in a thousand pieces the document would be
 * asked for a thousand times. What is not there is not remembered.
 */
export function createRecentFiles(
  look: (fileId: string) => Promise<FileDocument | undefined>,
): RecentFiles {
  const known = new Map<string, FileDocument>();
  return {
    async find(fileId) {
      const file = known.get(fileId) ?? (await look(fileId));
      if (!file) return undefined;
      known.delete(fileId);
      known.set(fileId, file);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
      return file;
    },
    forget: (fileId) => void known.delete(fileId),
  };
}
