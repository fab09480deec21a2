/**
 * The five fields of a schedule as robfig/cron reads them, written out as lists of numbers, so that
 * whoever ticks has nothing left to interpret: Sunday is 0 and never 7, "5/15" runs to the end of
 * the range, "?" is "*".
 */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') },
];

/** Undefined where robfig/cron would refuse. */
export function expandFields(text: string): string | undefined {
  const fields = text.trim().split(/\s+/u);
  if (fields.length !== BOUNDS.length) return undefined;
  const expanded = BOUNDS.map((bounds, index) => expandField(fields[index] ?? '', bounds));
  return expanded.includes(undefined) ? undefined : expanded.join(' ');
}

function expandField(field: string, bounds: Bounds): string | undefined {
  const ranges = field.split(',').filter((part) => part !== '');
  const lists = ranges.map((range) => expandRange(range, bounds));
  if (lists.length === 0 || lists.includes(undefined)) return undefined;
  if (lists.includes('*')) return '*';
  return lists.join(',');
}

/** number | number-number[/step] | number/step | *[/step] | ?[/step] */
function expandRange(range: string, bounds: Bounds): string | undefined {
  const [span = '', stepText, ...moreSteps] = range.split('/');
  const [low = '', high, ...moreBounds] = span.split('-');
  const isStar = low === '*' || low === '?';
  const step = stepText === undefined ? 1 : numberOf(stepText);
  const start = isStar ? bounds.min : namedNumberOf(low, bounds);
  if (moreSteps.length + moreBounds.length > 0 || !step || start === undefined) return undefined;
  if (isStar && step === 1) return '*';
  const isOpen = isStar || (stepText !== undefined && high === undefined);
  const end = isOpen ? bounds.max : namedNumberOf(high ?? low, bounds);
  if (end === undefined || start < bounds.min || end > bounds.max || start > end) return undefined;
  const count = Math.floor((end - start) / step) + 1;
  return Array.from({ length: count }, (_, index) => start + index * step).join(',');
}

function namedNumberOf(text: string, { min, names }: Bounds): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  return index === -1 ? numberOf(text) : min + index;
}

function numberOf(text: string): number | undefined {
  return /^\+?\d+$/u.test(text) ? Number(text) : undefined;
}
