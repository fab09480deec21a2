import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPool } from '#shared/adapters/postgres/pool';
import { type Bench, type Benchmark, median, secondsOf } from './benchmark.ts';
import { converted } from './service.ts';
import { makeVideo } from './video.ts';

const videoSeconds = 60;

export const bMinute: Benchmark = {
  name: 'b-minute',
  title: 'a minute of film, from claim to done in convert ÷ ffmpeg on the file',
  bound: 1.5,
  better: 'lower',
  async measure(bench) {
    const video = await makeVideo(bench, videoSeconds, '2 Mb/s');
    const ours: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < bench.repeats; i += 1) {
      bare.push(await secondsOf(() => runFfmpeg(bench, video)));
      const { id } = await bench.service.client.upload(video);
      await converted(bench.service, id);
      ours.push(await secondsInConvert(bench, id));
      bench.report(`  ffmpeg ${bare.at(-1)?.toFixed(2)} s, convert ${ours.at(-1)?.toFixed(2)} s`);
    }
    await rm(video);
    return {
      ratios: ours.map((seconds, i) => seconds / (bare[i] ?? NaN)),
      figures: [
        ['ffmpeg alone', `${median(bare).toFixed(2)} s`],
        ['convert', `${median(ours).toFixed(2)} s`],
      ],
    };
  },
};

async function runFfmpeg({ service, folder }: Bench, video: string): Promise<void> {
  const mp3 = join(folder, 'bare.mp3');
  await promisify(execFile)(service.addresses.ffmpegPath, [
    ...['-nostdin', '-v', 'error', '-y', '-i', video],
    ...['-vn', '-c:a', 'libmp3lame', '-b:a', '192k', mp3],
  ]);
  await rm(mp3);
}

/** From the claim to the published MP3, by the database's clock. */
async function secondsInConvert({ service }: Bench, jobId: string): Promise<number> {
  const pool = createPool({
    url: service.addresses.databaseUrl,
    max: 1,
    applicationName: 'bench',
  });
  try {
    const [row] = await pool.query<{ seconds: number }>(
      `SELECT extract(epoch FROM
         max((step->>'at')::timestamptz) FILTER (WHERE step->>'to' = 'done') -
         max((step->>'at')::timestamptz) FILTER (WHERE step->>'step' = 'claim')
       )::float8 AS seconds FROM jobs, jsonb_array_elements(history) AS step WHERE id = $1`,
      [jobId],
    );
    return row?.seconds ?? NaN;
  } finally {
    await pool.end();
  }
}
