import { rm } from 'node:fs/promises';
import { type Bench, type Benchmark, type Figure } from './benchmark.ts';
import { type Peaks, watchMemory } from './memory.ts';
import { converted, gatewayPid, restartFunction } from './service.ts';
import { makeVideo } from './video.ts';

const small = { label: '15 MB', seconds: 6 };
const large = { label: '1.5 GB', seconds: 600 };

export const fMemory: Benchmark = {
  name: 'f-memory',
  title: 'peak memory of upload with 1.5 GB ÷ with 15 MB',
  // About 20 MiB more than with the small file.
  bound: 1.2,
  better: 'lower',
  async measure(bench) {
    const repeats: { small: Usage; large: Usage }[] = [];
    for (let i = 0; i < bench.repeats; i += 1) {
      // Fresh processes: the small file must not be measured in the shadow of a large one.
      const upload = await restartFunction(bench.service, 'upload');
      const convert = await restartFunction(bench.service, 'convert');
      const pids = { gateway: gatewayPid(bench.service), upload, convert };
      repeats.push({
        small: await usageOf(bench, pids, small),
        large: await usageOf(bench, pids, large),
      });
    }
    return {
      ratios: repeats.map((one) => one.large.upload.own / one.small.upload.own),
      figures: [
        ...figures(
          small.label,
          repeats.map((one) => one.small),
        ),
        ...figures(
          large.label,
          repeats.map((one) => one.large),
        ),
      ],
    };
  },
};

type Usage = Readonly<Record<'gateway' | 'upload' | 'convert', Peaks>>;

/** Peaks while one video goes all the way to its MP3. */
async function usageOf(
  bench: Bench,
  pids: Readonly<Record<keyof Usage, number>>,
  { label, seconds }: typeof small,
): Promise<Usage> {
  const video = await makeVideo(bench, seconds, '20 Mb/s');
  const watching = {
    gateway: watchMemory(pids.gateway),
    upload: watchMemory(pids.upload),
    convert: watchMemory(pids.convert),
  };
  const { id } = await bench.service.client.upload(video);
  await rm(video);
  await converted(bench.service, id);
  const usage = {
    gateway: watching.gateway(),
    upload: watching.upload(),
    convert: watching.convert(),
  };
  bench.report(
    `  ${label}: gateway ${mib(usage.gateway.own)}, upload ${mib(usage.upload.own)}, ` +
      `convert with its ffmpegs ${mib(usage.convert.family)}`,
  );
  return usage;
}

function figures(label: string, usages: readonly Usage[]): Figure[] {
  const most = (peakOf: (usage: Usage) => number) => mib(Math.max(...usages.map(peakOf)));
  return [
    [`gateway, ${label}`, most(({ gateway }) => gateway.own)],
    [`upload, ${label} (≤ 120)`, most(({ upload }) => upload.own)],
    [`convert alone, ${label}`, most(({ convert }) => convert.own)],
    [`convert with its ffmpegs, ${label} (≤ 300)`, most(({ convert }) => convert.family)],
  ];
}

function mib(value: number): string {
  return `${value.toFixed(0)} MiB`;
}
