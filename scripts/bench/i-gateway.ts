/**
 * What gateway and watchdog cost: the same request to the same function process, through both and
 * past both, turn by turn. Gateway and watchdog are one Node process here, which shares the
 * machine with the function and the client: a ratio says what two more hops cost, not how fast
 * the real ones are. Three hops in the place of one cost three times the time, or a third of the
 * throughput, where nothing but hops is measured; the bounds allow twice that.
 */
import { type BareBench, type Benchmark, median } from './benchmark.ts';
import { quantile } from './quantile.ts';
import { download, ping, upload } from './traffic.ts';
import { onTwoWays, type TwoWays } from './two-ways.ts';

const megabyte = 1_000_000;
const gigabyte = 1_000 * megabyte;
const warmUps = 300;

/** Seconds one way and the other. */
type Samples = Readonly<Record<keyof TwoWays, readonly number[]>>;

/** What is measured on one emulator, some turns in each repeat. */
interface Comparison {
  readonly turns: number;
  readonly measure: (way: string) => Promise<number>;
  readonly ratioOf: (samples: Samples) => number;
  readonly figureOf: (seconds: readonly number[]) => string;
}

/** None needs a server. */
export const iGateway: readonly Benchmark<BareBench>[] = [
  latency('i-gateway-p50', 0.5),
  latency('i-gateway-p99', 0.99),
  throughput('i-gateway-1mb', '1 MB up and 1 MB down', 100, async (way) => {
    return ((await upload(way, megabyte)) + (await download(way, megabyte))) / 2;
  }),
  throughput('i-gateway-1gb-up', '1 GB up', 1, async (way) => {
    return (await upload(way, gigabyte)) / 1_000;
  }),
  throughput('i-gateway-1gb-down', '1 GB down', 1, async (way) => {
    return (await download(way, gigabyte)) / 1_000;
  }),
];

function latency(name: string, share: number): Benchmark<BareBench> {
  return {
    name,
    title: `a call without a body through gateway and watchdog ÷ past them, p${share * 100}`,
    bound: 6,
    better: 'lower',
    measure: (bench) =>
      compare(bench, {
        turns: 1_500,
        measure: ping,
        ratioOf: ({ gateway, direct }) => quantile(gateway, share) / quantile(direct, share),
        figureOf: (seconds) => `${(quantile(seconds, share) * 1_000).toFixed(2)} ms`,
      }),
  };
}

/** `measure` gives seconds per megabyte. */
function throughput(
  name: string,
  what: string,
  turns: number,
  measure: Comparison['measure'],
): Benchmark<BareBench> {
  return {
    name,
    title: `${what} through gateway and watchdog ÷ past them (MB/s)`,
    bound: 0.16,
    better: 'higher',
    measure: (bench) =>
      compare(bench, {
        turns,
        measure,
        ratioOf: ({ gateway, direct }) => median(direct) / median(gateway),
        figureOf: (seconds) => `${(1 / median(seconds)).toFixed(0)} MB/s`,
      }),
  };
}

function compare({ folder, repeats, report }: BareBench, comparison: Comparison) {
  return onTwoWays(folder, async (ways) => {
    for (const way of [ways.gateway, ways.direct]) {
      for (let i = 0; i < warmUps; i += 1) await ping(way);
    }
    const rounds: Samples[] = [];
    for (let i = 0; i < repeats; i += 1) {
      const round = await takeTurns(ways, comparison);
      const [direct, gateway] = [round.direct, round.gateway].map(comparison.figureOf);
      report(`  direct ${direct ?? ''}, through the gateway ${gateway ?? ''}`);
      rounds.push(round);
    }
    const allOf = (way: keyof TwoWays) => comparison.figureOf(rounds.flatMap((one) => one[way]));
    return {
      ratios: rounds.map(comparison.ratioOf),
      figures: [
        ['direct', allOf('direct')],
        ['through the gateway', allOf('gateway')],
      ] as const,
    };
  });
}

async function takeTurns(
  ways: TwoWays,
  { turns, measure }: Comparison,
): Promise<Record<keyof TwoWays, number[]>> {
  const direct: number[] = [];
  const gateway: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    direct.push(await measure(ways.direct));
    gateway.push(await measure(ways.gateway));
  }
  return { direct, gateway };
}
