import { againstFfmpeg } from './against-ffmpeg.ts';

export const bMinute = againstFfmpeg(
  {
    name: 'b-minute',
    title: 'a minute of film, from claim to done in convert ÷ ffmpeg on the file',
    bound: 1.5,
  },
  60,
);
