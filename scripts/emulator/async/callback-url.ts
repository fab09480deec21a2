/** A base to read relative references by, which Go's parser takes too. */
const BASE = 'http://gateway';

/** Whether Go's url.Parse would take it: also what names no host, to which no callback gets. */
export function isParsableUrl(text: string): boolean {
  const hasBadEscape = /%(?![0-9a-f]{2})/iu.test(text);
  return !hasBadEscape && !text.startsWith(':') && URL.canParse(text, BASE);
}
