import { againstFfmpeg } from './against-ffmpeg.ts';

export const aLong = againstFfmpeg(
  {
    name: 'a-long',
    title: 'ten minutes of film, from claim to done in convert ÷ ffmpeg on the file',
    bound: 0.6,
  },
  600,
);
