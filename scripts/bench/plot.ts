/**
 * Results as an SVG: one row for each, its ratio relative to its bound, so that all rows share one
 * axis and left of the line is good. The whisker goes from the best repeat to the worst.
 */
import { isWithin, type Result } from './result.ts';

const row = { height: 26, first: 52 };
const axis = { left: 190, width: 400 };
const width = 760;

const style = `
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #24292f }
  .small { font-size: 11px; fill: #57606a }
  .end { text-anchor: end } .middle { text-anchor: middle }
  line { stroke: #8c959f } .bound { stroke: #24292f; stroke-dasharray: 3 3 }
  .ok { fill: #1a7f37; stroke: #1a7f37 } .missed { fill: #cf222e; stroke: #cf222e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    line { stroke: #6e7681 } .bound { stroke: #e6edf3 }
    .ok { fill: #3fb950; stroke: #3fb950 } .missed { fill: #f85149; stroke: #f85149 }
  }`;

/** The plot, as a document of its own that suits light and dark pages. */
export function plotOf(results: readonly Result[]): string {
  const rows = results.map(relative);
  const end = Math.max(1.25, ...rows.map(({ worst }) => worst)) * 1.02;
  const x = (share: number) => (axis.left + (share / end) * axis.width).toFixed(1);
  const bottom = row.first + rows.length * row.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 10}" role="img">`,
    `<title>Each benchmark relative to its bound</title>`,
    `<style>${style}\n</style>`,
    `<text class="small middle" x="${x(1)}" y="20">bound</text>`,
    `<line class="bound" x1="${x(1)}" x2="${x(1)}" y1="26" y2="${bottom}"/>`,
    `<line x1="${x(0)}" x2="${x(0)}" y1="26" y2="${bottom}"/>`,
    ...rows.map((one, i) => drawn(one, x, row.first + i * row.height)),
    '</svg>\n',
  ].join('\n');
}

/** Shares of the bound: 1 is the bound itself, less is better. */
interface Row {
  readonly result: Result;
  readonly ratio: number;
  readonly best: number;
  readonly worst: number;
}

function relative(result: Result): Row {
  const { ratio, min, max, bound, better } = result;
  return better === 'lower'
    ? { result, ratio: ratio / bound, best: min / bound, worst: max / bound }
    : { result, ratio: bound / ratio, best: bound / max, worst: bound / min };
}

function drawn({ result, ratio, best, worst }: Row, x: (share: number) => string, y: number) {
  const { name, bound, better } = result;
  const isOk = isWithin(result);
  const kind = isOk ? 'ok' : 'missed';
  const limit = `${better === 'lower' ? '≤' : '≥'} ${bound}`;
  return [
    `<text class="end" x="${axis.left - 12}" y="${y + 4}">${name}</text>`,
    `<line class="${kind}" x1="${x(best)}" x2="${x(worst)}" y1="${y}" y2="${y}"/>`,
    ...[best, worst].map(
      (at) => `<line class="${kind}" x1="${x(at)}" x2="${x(at)}" y1="${y - 4}" y2="${y + 4}"/>`,
    ),
    `<circle class="${kind}" cx="${x(ratio)}" cy="${y}" r="5"/>`,
    `<text x="${axis.left + axis.width + 16}" y="${y + 4}">${result.ratio.toFixed(2)} <tspan class="small">(${limit}${isOk ? '' : ', missed'})</tspan></text>`,
  ].join('\n');
}
