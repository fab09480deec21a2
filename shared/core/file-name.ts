const longest = 120;

// Joiners are format characters too, but Persian and many emoji are spelled with them.
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}[\p{Cf}--[\u200c\u200d]]]/gv;
const extension = /\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,5}$/i;

/**
 * What a person called a file, as a label: at most 120 characters of one line, never empty, never
 * a path. Paths, control and bidirectional characters are left out, so that the label reads the
 * same everywhere and steers nothing (security.md 43).
 */
export function fileLabel(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const line = last.replace(/\s+/g, ' ').replace(unseen, '');
  const label = cut(trimDots(line), longest);
  return label === '' ? 'video' : label;
}

/** The name of the MP3 made of the video with this label: its extension replaced. */
export function mp3Name(label: string): string {
  return `${cut(label.replace(extension, ''), longest - '.mp3'.length)}.mp3`;
}

/** Names that begin or end with a dot or a space mean something to file systems. */
function trimDots(text: string): string {
  return text.replace(/^[. ]+/, '').replace(/[. ]+$/, '');
}

/** Counts code points: half of a surrogate pair is no character. */
function cut(text: string, characters: number): string {
  return trimDots(Array.from(text).slice(0, characters).join(''));
}
