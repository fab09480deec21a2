/**
 * faas-cli's substitution over the text of a stack file. `$${V}` stays `${V}`, `$V` is left alone,
 * an unset variable without default is empty. Forms that faas-cli does not know, such as `${V-d}`
 * and `${V:?x}`, end in an error rather than in a surprise; so do its trims (`#`, `%`), which take
 * patterns.
 */
const REFERENCE = /^(?<name>[A-Za-z_]\w*)(?<rest>.*)$/su;

export type Variables = Readonly<Record<string, string | undefined>>;

/** A default may hold expressions itself. */
export function substitute(text: string, variables: Variables): string {
  const start = text.indexOf('${');
  if (start < 0) return text;
  const before = text.slice(0, start);
  const end = closingBrace(text, start);
  const after = substitute(text.slice(end + 1), variables);
  if (before.endsWith('$')) return before.slice(0, -1) + text.slice(start, end + 1) + after;
  return before + valueOf(text.slice(start + 2, end), variables) + after;
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`Missing closing brace in "${text.slice(start, start + 40)}"`);
}

function valueOf(body: string, variables: Variables): string {
  const { name = '', rest = '' } = REFERENCE.exec(body)?.groups ?? {};
  const value = variables[name];
  const result = withDefault(rest, value, variables) ?? changed(rest, value ?? '');
  if (name !== '' && result !== undefined) return result;
  throw new Error(`"\${${body}}" is not supported in a stack file`);
}

/** `:-` and `:=` for what is unset or empty, `=` for what is unset. */
function withDefault(rest: string, value: string | undefined, variables: Variables) {
  const { operator, fallback = '' } =
    /^(?<operator>:-|:=|=)(?<fallback>.*)$/su.exec(rest)?.groups ?? {};
  if (operator === undefined) return undefined;
  const isMissing = operator === '=' ? value === undefined : (value ?? '') === '';
  return isMissing ? substitute(fallback, variables) : value;
}

/** Nothing, case (`^^`), slice (`:1:2`), replace (`/a/b`); undefined for what is none of them. */
function changed(rest: string, value: string): string | undefined {
  if (rest === '') return value;
  const first = value.slice(0, 1);
  if (rest === '^^') return value.toUpperCase();
  if (rest === '^') return first.toUpperCase() + value.slice(1);
  if (rest === ',,') return value.toLowerCase();
  if (rest === ',') return first.toLowerCase() + value.slice(1);
  return sliced(rest, value) ?? replaced(rest, value);
}

function sliced(rest: string, value: string): string | undefined {
  const { from, count } = /^:(?<from>\d+)(?::(?<count>\d+))?$/u.exec(rest)?.groups ?? {};
  if (from === undefined) return undefined;
  const start = Number(from);
  return value.slice(start, count === undefined ? undefined : start + Number(count));
}

/** The first, every (`//`), only at the start (`/#`), only at the end (`/%`). */
function replaced(rest: string, value: string): string | undefined {
  const {
    where,
    what,
    by = '',
  } = /^\/(?<where>[/#%]?)(?<what>[^/]+)\/(?<by>.*)$/su.exec(rest)?.groups ?? {};
  if (what === undefined) return undefined;
  if (where === '/') return value.replaceAll(what, () => by);
  if (where === '#') return value.startsWith(what) ? by + value.slice(what.length) : value;
  if (where === '%') return value.endsWith(what) ? value.slice(0, -what.length) + by : value;
  return value.replace(what, () => by);
}
