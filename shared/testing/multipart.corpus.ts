/** A body that is no acceptable form, and what is wrong with it. */
export interface MalformedForm {
  readonly what: string;
  readonly contentType?: string;
  readonly body: Buffer;
}

/** The boundary of every body here. */
export const boundary = 'v2m-boundary';

/** The Content-Type of every body here that does not say otherwise. */
export const formType = `multipart/form-data; boundary=${boundary}`;

const b = `--${boundary}`;
const disposition = 'Content-Disposition: form-data';
const videoHead = `${b}\r\n${disposition}; name="video"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n`;
const end = `\r\n${b}--\r\n`;

/** One part that is a field. */
export function field(name: string, value: string): string {
  return `${b}\r\n${disposition}; name="${name}"\r\n\r\n${value}\r\n`;
}

/** A form of these fields and one file, as a browser writes it. */
export function form(content: Uint8Array | string, fields: readonly string[] = []): Buffer {
  return Buffer.concat([
    Buffer.from(fields.join('') + videoHead),
    Buffer.from(content),
    Buffer.from(end),
  ]);
}

const part = (headers: string, content = 'x') => `${b}\r\n${headers}\r\n\r\n${content}${end}`;
const file = (disposition: string) => part(`Content-Disposition: ${disposition}`);

const bodies: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'one line break': '\r\n',
  'only a first boundary': `${b}\r\n`,
  'only a last boundary': `${b}--\r\n`,
  'a last boundary without its line break, and no parts': `${b}--`,
  'plain text': 'hello world',
  JSON: '{"video":"x"}',
  'another boundary': form('x').toString().replaceAll(boundary, 'other'),
  'a boundary without its dashes': form('x').toString().replaceAll(b, boundary),
  'a boundary with one dash': form('x').toString().replaceAll(b, b.slice(1)),
  'a boundary in upper case': form('x').toString().replaceAll(b, b.toUpperCase()),
  'bare line feeds': form('x').toString().replaceAll('\r\n', '\n'),
  'bare carriage returns': form('x').toString().replaceAll('\r\n', '\r'),
  'no last boundary': `${videoHead}x`,
  'no last boundary after a line break': `${videoHead}x\r\n`,
  'an end inside the last boundary': `${videoHead}x\r\n--v2m-bound`,
  'a last boundary with one dash': `${videoHead}x\r\n${b}-`,
  'a next boundary instead of the last': `${videoHead}x\r\n${b}\r\n`,
  'an end inside the headers': `${b}\r\n${disposition}; name="vi`,
  'an end after the headers': videoHead,
  'an end between headers and content': videoHead.slice(0, -2),
  'a boundary right behind the headers, and dashes behind it': `${videoHead}${b}\r\n--x${end}`,
  'headers without an empty line': `${b}\r\n${disposition}; name="video"; filename="a.mp4"${end}`,
  'a header without a colon': part('Content-Disposition form-data'),
  'a header without a name': part(': form-data; name="video"; filename="a"'),
  'a header name with a space': part('Content Disposition: form-data; name="video"'),
  'a header name with NUL': part('Content-\0Disposition: form-data; name="video"'),
  'a header value with NUL': part(`${disposition}; name="vi\0deo"; filename="a"`),
  'a header value with DEL': part(`${disposition}; name="vi\x7fdeo"; filename="a"`),
  'a carriage return inside a header': part(`${disposition}; name="video\r"; filename="a"`),
  'a header of 20 KB': part(`X-Long: ${'x'.repeat(20_000)}\r\n${disposition}; name="video"`),
  '3000 headers': part('A: b\r\n'.repeat(3_000) + disposition),
  'no headers': part(''),
  'no Content-Disposition': part('Content-Type: video/mp4'),
  'an empty Content-Disposition': file(''),
  'a disposition that is no form-data': file('attachment; name="video"; filename="a.mp4"'),
  'a disposition with an open quote': file('form-data; name="video; filename=a.mp4'),
  'a disposition of semicolons': file('form-data;;;;'),
  'a parameter without a value': file('form-data; name=; filename='),
  'a file without a field name': file('form-data; filename="a.mp4"'),
  'a file with an empty field name': file('form-data; name=""; filename="a.mp4"'),
  'a file under another name': file('form-data; name="file"; filename="a.mp4"'),
  'a file under a name in upper case': file('form-data; name="VIDEO"; filename="a.mp4"'),
  'a file under __proto__': file('form-data; name="__proto__"; filename="a.mp4"'),
  'a file under constructor': file('form-data; name="constructor"; filename="a.mp4"'),
  'an empty file name (41)': file('form-data; name="video"; filename=""'),
  'a file name of one slash (41)': file('form-data; name="video"; filename="/"'),
  'no file name (41)': file('form-data; name="video"'),
  'bytes without a file name (41)': part(
    `${disposition}; name="video"\r\nContent-Type: application/octet-stream`,
  ),
  'a field without a name': part(disposition),
  'a field instead of a file': field('bitrate', '192') + `${b}--\r\n`,
  'a field after the file': `${videoHead}x\r\n${field('bitrate', '192')}${b}--\r\n`,
  'a field twice': form('x', [field('a', '1'), field('a', '2')]).toString(),
  'twenty fields (38)': form(
    'x',
    Array.from({ length: 20 }, (_, n) => field(`f${n}`, '1')),
  ).toString(),
  'a field of 2049 bytes (38)': form('x', [field('a', 'x'.repeat(2_049))]).toString(),
  'a field of 1 MB (38)': form('x', [field('a', 'x'.repeat(1_000_000))]).toString(),
  'two files (38)': `${videoHead}x\r\n${form('y').toString()}`,
  'twenty-two parts (38)': `${b}\r\nA: b\r\n\r\nx\r\n`.repeat(21) + form('x').toString(),
  'a second file without an end': `${videoHead}x\r\n${videoHead}y`,
  'a malformed part after the file (40)': `${videoHead}x\r\n${b}\r\nno colon\r\n\r\nx${end}`,
  'a malformed part before the file (40)': `${b}\r\nno colon\r\n\r\nx\r\n${form('x').toString()}`,
  'headers that end with the body, after the file': `${videoHead}x\r\n${b}\r\nA: b\r\n`,
};

const contentTypes: Readonly<Record<string, string>> = {
  'no boundary (45)': 'multipart/form-data',
  'an empty boundary parameter (45)': 'multipart/form-data; boundary=',
  'another parameter (45)': 'multipart/form-data; charset=utf-8',
  'a boundary with an open quote (45)': `multipart/form-data; boundary="${boundary}`,
  'a boundary of 5000 characters': `multipart/form-data; boundary=${'x'.repeat(5_000)}`,
};

/** Bodies that each must end in 400, stored nowhere (security.md 38–42, 45). */
export const malformedForms: readonly MalformedForm[] = [
  ...Object.entries(bodies).map(([what, body]) => ({ what, body: Buffer.from(body) })),
  ...Object.entries(contentTypes).map(([what, contentType]) => ({
    what: `a Content-Type with ${what}`,
    contentType,
    body: form('x'),
  })),
];

/** Changes 1 to 8 places of a body: flips, cuts, doubles, swaps what means something. */
export function mutate(body: Buffer, random: () => number): Buffer {
  let mutant = Buffer.from(body);
  for (let left = 1 + Math.floor(random() * 8); left > 0; left -= 1) {
    const at = Math.floor(random() * mutant.length);
    const to = Math.min(mutant.length, at + Math.floor(random() * 20));
    const tokens = ['\r\n', '\r', '\n', '--', b, `\r\n${b}`, '"', ';', ':', '\0', 'filename=""'];
    const token = Buffer.from(tokens[Math.floor(random() * tokens.length)] ?? '');
    const middle = [
      Buffer.from([Math.floor(random() * 256)]),
      Buffer.alloc(0),
      Buffer.concat([mutant.subarray(at, to), mutant.subarray(at, to)]),
      token,
    ][Math.floor(random() * 4)];
    mutant = Buffer.concat([mutant.subarray(0, at), middle ?? token, mutant.subarray(to)]);
  }
  return mutant;
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
