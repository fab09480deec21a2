import { describe, expect, test } from '@jest/globals';

import { refusalOf } from '#shared/core/disguise';

const said = (head: string) => refusalOf(Buffer.from(head, 'latin1'));

describe('refusalOf', () => {
  test.each([
    ['#EXTM3U\nhttp://example.org/a.ts', 'an HLS playlist (M3U)'],
    ['\xef\xbb\xbf\r\n#EXTM3U8', 'an HLS playlist (M3U)'],
    ['[playlist]\nFile1=a.mp3', 'a playlist (PLS)'],
    ['<?xml version="1.0"?>\n<!-- x --><playlist version="1">', 'a playlist (XSPF)'],
    ['<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash">', 'a DASH manifest'],
    ['<SmoothStreamingMedia MajorVersion="2">', 'a Smooth Streaming manifest'],
    ['<ASX version="3">', 'a Windows Media playlist'],
    ['<smil><body/></smil>', 'a SMIL presentation'],
    ["ffconcat version 1.0\nfile 'a'", 'a list of files for ffmpeg'],
    ['v=0\r\no=- 0 0 IN IP4 127.0.0.1', 'a session description (SDP)'],
  ])('row 46: names a playlist in disguise: %j', (head, name) => {
    expect(said(head)).toMatchObject({
      code: 'playlist',
      message: `This is a list of other files or addresses, not the video itself. It is ${name}.`,
    });
  });

  test.each([
    ['\xff\xd8\xff\xe0', 'a picture (JPEG)'],
    ['\x89PNG\r\n', 'a picture (PNG)'],
    ['GIF89a', 'a picture (GIF)'],
    ['RIFF\x01\0\0\0WEBPVP8 ', 'a picture (WebP)'],
    ['\0\0\0\x18ftypheic', 'a picture (HEIC or AVIF)'],
    ['%PDF-1.7', 'a PDF'],
    ['PK\x03\x04', 'an archive (ZIP) or an office document'],
    ['\x7fELF', 'a program'],
    ['MZ\x90', 'a program'],
    ['<!DOCTYPE html><html>', 'a web page'],
    ['<?xml version="1.0"?><svg>', 'a file of XML'],
    ['This is a text and no video.\n', 'a text'],
  ])('row 46: names what is no video: %j', (head, name) => {
    expect(said(head)).toMatchObject({
      code: 'not_media',
      message: expect.stringMatching(
        new RegExp(`read here\\. It is ${name.replace(/[()]/g, '.')}`),
      ),
    });
  });

  test('does not name what it does not know', () => {
    expect(said('\0\x01\x02\x03').message).toBe(
      'This file is not a video or a sound recording that can be read here.',
    );
    expect(said('').code).toBe('not_media');
  });
});
