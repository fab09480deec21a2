import { CliError, type Gateway } from './gateway.ts';

export interface InvokeFlags {
  readonly async?: boolean;
  readonly contentType?: string;
  /** `name=value`, each `--query` one. */
  readonly query?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const NAMESPACE = 'openfaas-fn';

/** Always with the namespace in the name, never with a path behind it, and without credentials. */
export async function invoke(
  gateway: Gateway,
  name: string,
  stdin: string,
  { async = false, contentType = 'text/plain', query = [], headers = {} }: InvokeFlags = {},
): Promise<string> {
  const route = async ? 'async-function' : 'function';
  const search = query.length === 0 ? '' : `?${query.join('&')}`;
  const sent = { 'Content-Type': contentType, ...headers };
  const answer = await gateway.invoke(`/${route}/${name}.${NAMESPACE}${search}`, sent, stdin);
  const text = await answer.text();
  if (async && answer.status === 202) return 'Function submitted asynchronously.';
  if (async || !answer.ok) {
    throw new CliError(`server returned unexpected status code: ${answer.status} - ${text}`);
  }
  return text;
}
