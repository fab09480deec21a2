import { describe, expect, test } from '@jest/globals';

import { joinBytes } from '#shared/core/bytes';
import { foundIn, lookBytes } from './contents.ts';
import type { Contents } from './contents.ts';
import { assertConvertible, FirstLook, lookAt } from './first-look.ts';

const limits = { maxSeconds: 100, maxBytes: 5_000_000 };
const sound = { kind: 'sound', codec: 'aac', isEncrypted: false } as const;
const locked = { ...sound, isEncrypted: true };
const video = { kind: 'video', codec: 'h264', isEncrypted: false } as const;

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = joinBytes(...parts);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return joinBytes(header, body);
}

const zeros = (count: number) => new Uint8Array(count);
const words = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** A header with a time scale of 10 and a length. */
function clock(type: string, length: number): Uint8Array {
  const body = Buffer.alloc(32);
  body.writeUInt32BE(10, 12);
  body.writeUInt32BE(length, 16);
  return box(type, body);
}

function trak(handler: string, entry: Uint8Array, length = 50): Uint8Array {
  const hdlr = box('hdlr', zeros(8), words(handler), zeros(12));
  const stsd = box('stsd', zeros(8), entry);
  const minf = box('minf', box('stbl', stsd));
  return box('trak', box('mdia', clock('mdhd', length), hdlr, minf));
}

const ftyp = box('ftyp', words('isom'));
const avc = trak('vide', box('avc1', zeros(78)));
const aac = trak('soun', box('mp4a', zeros(28)));
const sinf = (isProtected: number) =>
  box(
    'sinf',
    box('frma', words('mp4a')),
    box('schi', box('tenc', zeros(6), Uint8Array.of(isProtected), zeros(17))),
  );
const enca = (isProtected: number) => trak('soun', box('enca', zeros(28), sinf(isProtected)));
const film = (...tracks: readonly Uint8Array[]) =>
  joinBytes(ftyp, box('moov', clock('mvhd', 60), ...tracks));

describe('lookAt an MP4', () => {
  test('reads kinds, codecs and the length of the sound', () => {
    expect(lookAt('mp4', film(avc, aac))).toEqual({ tracks: [video, sound], seconds: 5 });
  });

  test('reads how long the file must be', () => {
    const huge = Buffer.from('\xff\0\0\0mdat', 'latin1');
    expect(lookAt('mp4', joinBytes(film(aac), huge))).toMatchObject({
      bytes: film(aac).length + 0xff000000,
    });
  });

  test('reads that the sound is encrypted, and with which codec', () => {
    expect(lookAt('mp4', film(avc, enca(1)))).toMatchObject({ tracks: [video, locked] });
  });

  test('is not certain of what may be clear after all', () => {
    expect(lookAt('mp4', film(enca(0)))).toMatchObject({ tracks: [{ isEncrypted: false }] });
    const both = trak('soun', joinBytes(box('enca', zeros(28), sinf(1)), box('mp4a', zeros(28))));
    expect(lookAt('mp4', film(both))).toMatchObject({ tracks: [{ isEncrypted: false }] });
  });

  test.each<[string, Uint8Array]>([
    ['an index at the end', joinBytes(ftyp, box('mdat', zeros(9)), film(avc))],
    ['a handler nobody knows', film(avc, trak('MPEG', box('mpeg', zeros(9))))],
    ['an index without tracks', film()],
    ['a track that is cut short by its box', film(avc, box('trak', zeros(20)))],
    ['an index that is larger than a look', joinBytes(ftyp, Buffer.from('\0\x20\0\0moov'))],
  ])('leaves to the converter: %s', (_what, bytes) => {
    expect(lookAt('mp4', bytes)).toBe('unknown');
  });

  test('waits for the rest of an index', () => {
    const whole = film(avc, aac);
    expect(lookAt('mp4', whole.subarray(0, whole.length - 1))).toBe('more');
    expect(lookAt('mp4', ftyp)).toBe('more');
  });
});

describe('lookAt a Matroska file', () => {
  const element = (id: string, ...parts: readonly Uint8Array[]) => {
    const body = joinBytes(...parts);
    return joinBytes(Buffer.from(id, 'hex'), Uint8Array.of(0x40, body.length), body);
  };
  const entry = (algorithm: number) => {
    const encryption = element('5035', element('47e1', Uint8Array.of(algorithm)));
    const encodings = element('6d80', element('6240', encryption));
    return element('ae', element('83', Uint8Array.of(2)), element('86', words('A_AAC')), encodings);
  };
  const header = element('1a45dfa3', zeros(4));
  const file = (...parts: readonly Uint8Array[]) =>
    joinBytes(header, element('18538067', ...parts));

  test.each([
    [5, true],
    [0, false],
  ])('reads of algorithm %i whether the sound is encrypted: %j', (algorithm, isEncrypted) => {
    const found = lookAt('matroska', file(element('1654ae6b', entry(algorithm))));
    expect(found).toMatchObject({ tracks: [{ kind: 'sound', codec: 'aac', isEncrypted }] });
  });

  test('leaves to the converter what has its tracks behind the sound', () => {
    const late = file(element('1f43b675', zeros(9)), element('1654ae6b', entry(0)));
    expect(lookAt('matroska', late)).toBe('unknown');
  });
});

describe('lookAt Windows Media', () => {
  function asf(guid: string): Uint8Array {
    const header = Buffer.alloc(30 + 24);
    header.writeBigUInt64LE(BigInt(header.length), 16);
    header.write(guid, 30, 'hex');
    header.writeBigUInt64LE(24n, 46);
    return header;
  }

  test.each([['fbb3112223bdd211b4b700a0c955fc6e'], ['14e68a292226174cb935dae07ee9289c']])(
    'reads that it is protected (%s)',
    (guid) => {
      expect(lookAt('asf', asf(guid))).toMatchObject({ tracks: [{ isEncrypted: true }] });
    },
  );

  test('leaves what is not to the converter', () => {
    expect(lookAt('asf', asf('a1dcab8c47a9cf118ee400c00c205365'))).toBe('unknown');
  });
});

describe('lookAt a WAV', () => {
  function wav(dataBytes: number): Uint8Array {
    const head = Buffer.alloc(64);
    head.write('RIFF....WAVEfmt ', 'latin1');
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt32LE(1_000, 28);
    head.write('data', 36, 'latin1');
    head.writeUInt32LE(dataBytes, 40);
    return head;
  }

  test('reads how long it is', () => {
    expect(lookAt('wav', wav(5_000))).toMatchObject({ seconds: 5, bytes: 5_044 });
  });

  test.each([0, 0x7fff_f000, 0xffff_ffff])('believes no recorder that left %i', (bytes) => {
    expect(lookAt('wav', wav(bytes))).toBe('unknown');
  });
});

describe('assertConvertible', () => {
  const refused = (contents: Partial<Contents>, more: object = {}) => {
    const all = { tracks: [video, sound], seconds: undefined, ...contents };
    return () => assertConvertible(all, { ...limits, ...more });
  };

  test.each<[string, Partial<Contents>, object]>([
    ['without sound', { tracks: [video] }, { code: 'no_audio' }],
    ['encrypted', { tracks: [video, locked] }, { code: 'encrypted' }],
    ['too long', { seconds: 101 }, { code: 'too_long' }],
    ['too large', { bytes: 5_000_001 }, { code: 'too_large' }],
  ])('refuses what is %s', (_what, contents, error) => {
    expect(refused(contents)).toThrow(expect.objectContaining(error));
  });

  test.each<[string, Partial<Contents>, object]>([
    ['is within the limits', { seconds: 100, bytes: 5_000_000 }, {}],
    ['has one track that can be heard', { tracks: [locked, sound] }, {}],
    ['is too long, but for the part that is asked for', { seconds: 101 }, { end: 100 }],
    ['claims more than arrives, where a part is enough', { bytes: 9e9 }, { allowPartial: true }],
  ])('lets pass what %s', (_what, contents, more) => {
    expect(refused(contents, more)).not.toThrow();
  });

  test('says what was found', () => {
    expect(refused({ tracks: [video] })).toThrow(
      'This video has no sound, so there is nothing to make an MP3 of. Found: video (h264), no sound track.',
    );
  });
});

describe('foundIn', () => {
  test('lists each kind once, and no others', () => {
    const subtitles = { kind: 'other', codec: 'text' } as const;
    const unnamed = { kind: 'sound', codec: undefined } as const;
    expect(foundIn([video, video, subtitles, unnamed])).toBe('video (h264), sound');
  });
});

describe('FirstLook', () => {
  test('decides as soon as the index is there, whatever the pieces', () => {
    const bytes = joinBytes(film(avc), zeros(10_000));
    for (const size of [1, 7, 1000, 65_536]) {
      const look = new FirstLook('mp4', limits);
      let pushed = 0;
      const pushAll = () => {
        for (; pushed < bytes.length; pushed += size)
          look.push(bytes.subarray(pushed, pushed + size));
      };
      expect(pushAll).toThrow(expect.objectContaining({ code: 'no_audio' }));
      expect(pushed).toBeLessThanOrEqual(4096);
    }
  });

  test('decides on what is shorter than a look when it ends', () => {
    const look = new FirstLook('mp4', limits);
    look.push(film(avc));
    expect(() => look.end()).toThrow(expect.objectContaining({ code: 'no_audio' }));
  });

  test('has nothing to say of what it cannot read to the end', () => {
    const look = new FirstLook('mp4', limits);
    const free = Buffer.from('\xff\0\0\0free', 'latin1');
    look.push(free);
    for (let held = 0; held < 2 * lookBytes; held += 65_536) look.push(zeros(65_536));
    expect(() => look.end()).not.toThrow();
  });
});
