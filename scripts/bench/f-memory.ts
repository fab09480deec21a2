import { rm } from 'node:fs/promises';
import { type Bench, type Benchmark, type Figure } from './benchmark.ts';
import { type Peaks, watchMemory } from './memory.ts';
import { converted, gatewayPid, restartFunction } from './service.ts';
import { makeVideo } from './video.ts';

/** MiB (design.md §9): upload alone, and convert with its ffmpegs. */
const budgets = { upload: 120, convert: 300 };
const small: Film = { label: '10 MB', seconds: 4 };
const large: Film = { label: '1 GB', seconds: 400 };
const huge: Film = { label: '4 GB', seconds: 1_600 };

/** Memory with a small film and with a large one, the latter 4 GB where that is wanted. */
export function fMemory(isHuge: boolean): Benchmark {
  return peaksWith(small, isHuge ? huge : large);
}

function peaksWith(small: Film, large: Film): Benchmark {
  return {
    name: 'f-memory',
    title: `peak memory with ${small.label} and with ${large.label} ÷ its budget, the worst of all`,
    bound: 1,
    better: 'lower',
    async measure(bench) {
      const repeats: Usage[][] = [];
      for (let i = 0; i < bench.repeats; i += 1) {
        // Fresh processes: the small file must not be measured in the shadow of a large one.
        const upload = await restartFunction(bench.service, 'upload');
        const convert = await restartFunction(bench.service, 'convert');
        const pids = { gateway: gatewayPid(bench.service), upload, convert };
        repeats.push([await usageOf(bench, pids, small), await usageOf(bench, pids, large)]);
      }
      const all = (film: number) => repeats.flatMap((usages) => usages[film] ?? []);
      return {
        ratios: repeats.map((usages) => Math.max(...usages.map(shareOfBudget))),
        figures: [...figures(small.label, all(0)), ...figures(large.label, all(1))],
      };
    },
  };
}

interface Film {
  readonly label: string;
  readonly seconds: number;
}

function shareOfBudget({ upload, convert }: Usage): number {
  return Math.max(upload.own / budgets.upload, convert.family / budgets.convert);
}

type Usage = Readonly<Record<'gateway' | 'upload' | 'convert', Peaks>>;

/** Peaks while one video goes all the way to its MP3. */
async function usageOf(
  bench: Bench,
  pids: Readonly<Record<keyof Usage, number>>,
  { label, seconds }: Film,
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
    [`upload, ${label} (≤ ${budgets.upload})`, most(({ upload }) => upload.own)],
    [`convert alone, ${label}`, most(({ convert }) => convert.own)],
    [
      `convert with its ffmpegs, ${label} (≤ ${budgets.convert})`,
      most(({ convert }) => convert.family),
    ],
  ];
}

function mib(value: number): string {
  return `${value.toFixed(0)} MiB`;
}
