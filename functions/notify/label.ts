const longest = 120;

/**
 * A file name as it may stand in a mail: one line without control characters, and without those
 * that turn the direction of writing, so that `exe.3pm` cannot pose as `mp3.exe`.
 */
export function printable(name: string): string {
  const line = name
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  if (characters.length === 0) return 'your video';
  if (characters.length <= longest) return line;
  return `${characters.slice(0, longest - 1).join('')}…`;
}

/** Seconds as a person says them: `3 min 20 s`. */
export function spokenDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const spoken = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return spoken.length > 0 ? spoken.join(' ') : `${seconds.toFixed(1)} s`;
}

/** Bytes in units of 1000: `4.8 MB`. */
export function spokenSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const count = bytes / 1000 ** step;
  return `${step === 0 ? count : count.toFixed(1)} ${units[step] ?? ''}`;
}
