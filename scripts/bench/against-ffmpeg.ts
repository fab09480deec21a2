import { rm } from 'node:fs/promises';
import { type Benchmark, type Budget, median, secondsOf } from './benchmark.ts';
import { runFfmpeg, secondsUntilDone } from './conversion.ts';
import { converted } from './service.ts';
import { makeVideo } from './video.ts';

/** A film of so many seconds, from claim to done, over ffmpeg on the file. */
export function againstFfmpeg(
  budget: Pick<Budget, 'name' | 'title' | 'bound'>,
  filmSeconds: number,
): Benchmark {
  return {
    ...budget,
    better: 'lower',
    async measure(bench) {
      const video = await makeVideo(bench, filmSeconds, '2 Mb/s');
      const ours: number[] = [];
      const bare: number[] = [];
      for (let i = 0; i < bench.repeats; i += 1) {
        bare.push(await secondsOf(() => runFfmpeg(bench, video)));
        const { id } = await bench.service.client.upload(video);
        await converted(bench.service, id);
        ours.push(await secondsUntilDone(bench, [id], 'claim'));
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
}
