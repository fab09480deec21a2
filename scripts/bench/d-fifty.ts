import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Benchmark, median, secondsOf } from './benchmark.ts';
import { mp3Settings, onDatabase, secondsUntilDone } from './conversion.ts';
import { makeVideo } from './video.ts';

const cores = availableParallelism();

/** So many films of so many seconds at once. */
export function manyFilms(count: number, filmSeconds: number): Benchmark {
  return {
    name: 'd-fifty',
    title: `${count} films of a minute, from the first 202 to the last MP3 ÷ xargs -P${cores} ffmpeg`,
    bound: 1.5,
    better: 'lower',
    async measure(bench) {
      const folder = await mkdtemp(join(bench.folder, 'many-'));
      const videos = await copies(await makeVideo(bench, filmSeconds, '2 Mb/s'), folder, count);
      const ours: number[] = [];
      const bare: number[] = [];
      for (let i = 0; i < bench.repeats; i += 1) {
        bare.push(await secondsOf(() => runXargs(bench, videos)));
        ours.push(await convertAll(bench, videos));
        bench.report(`  xargs ${bare.at(-1)?.toFixed(1)} s, service ${ours.at(-1)?.toFixed(1)} s`);
      }
      await rm(folder, { recursive: true });
      return {
        ratios: ours.map((seconds, i) => seconds / (bare[i] ?? NaN)),
        figures: [
          ['xargs', `${median(bare).toFixed(1)} s`],
          ['service', `${median(ours).toFixed(1)} s`],
        ],
      };
    },
  };
}

async function copies(video: string, folder: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, i) => join(folder, `${i}.mov`));
  for (const path of paths) await link(video, path);
  await rm(video);
  return paths;
}

async function runXargs({ service, signal }: Bench, videos: readonly string[]): Promise<void> {
  const ffmpeg = [service.addresses.ffmpegPath, '-nostdin', '-v', 'error', '-y'];
  const command = [...ffmpeg, '-i', '{}', ...mp3Settings, '{}.mp3'];
  const xargs = spawn('xargs', [`-P${cores}`, '-I{}', ...command], {
    signal,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  xargs.stdin.end(videos.join('\n'));
  await once(xargs, 'exit');
  if (xargs.exitCode !== 0) throw new Error(`xargs ended with ${xargs.exitCode}`);
}

/** Seconds from the first 202 to the last MP3; the films go in as many at a time as xargs has. */
async function convertAll(bench: Bench, videos: readonly string[]): Promise<number> {
  const left = videos.values();
  const ids: string[] = [];
  const send = async () => {
    for (const video of left) ids.push((await bench.service.client.upload(video)).id);
  };
  await Promise.all(Array.from({ length: cores }, send));
  while ((await countIn(bench, ids, ['queued', 'running'])) > 0) await sleep(200);
  const done = await countIn(bench, ids, ['done']);
  if (done < ids.length) throw new Error(`${done} of ${ids.length} jobs have an MP3`);
  return secondsUntilDone(bench, ids, 'accept');
}

function countIn({ service }: Bench, ids: readonly string[], states: readonly string[]) {
  return onDatabase(service, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM jobs WHERE id = ANY ($1) AND state = ANY ($2)',
      [ids, states],
    );
    return rows[0]?.count ?? NaN;
  });
}
