/**
 * faas-cli's substitution over the text of a stack file: `${V}`, and `${V:-d}`, `${V:=d}`, `${V=d}`
 * with a default for what is unset (the colon forms: or empty). `$${V}` stays `${V}`, `$V` is left alone, an
 * unset variable without default is empty. Other forms end in an error rather than in a surprise.
 */
const EXPRESSION = /\$(?<escape>\$?)\{(?<body>[^}]*)(?<end>\}?)/gu;
const BODY = /^(?<name>[A-Za-z_]\w*)(?:(?<operator>:-|:=|=)(?<fallback>.*))?$/su;

export type Variables = Readonly<Record<string, string | undefined>>;

export function substitute(text: string, variables: Variables): string {
  return text.replace(EXPRESSION, (whole, escape: string, body: string, end: string) => {
    if (escape !== '') return whole.slice(1);
    const { name, operator, fallback = '' } = BODY.exec(body)?.groups ?? {};
    if (end === '') throw new Error(`Missing closing brace in "${whole.slice(0, 40)}"`);
    if (name === undefined) throw new Error(`"${whole}" is not supported in a stack file`);
    const value = variables[name] ?? '';
    const isMissing = operator === '=' ? variables[name] === undefined : value === '';
    return isMissing ? fallback : value;
  });
}
