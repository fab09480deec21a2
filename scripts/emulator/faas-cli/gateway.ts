import { basicAuthorization, type Credentials } from '../gateway/basic-auth.ts';

/** What faas-cli prints before it exits 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const USER_AGENT = 'faas-cli/0.17.8';
const UNAUTHORIZED = 'unauthorized access, run "faas-cli login" to setup authentication';

/** The gateway as faas-cli calls it: with the credentials of the last login, if there was one. */
export class Gateway {
  readonly #url: string;
  #credentials: Credentials | undefined;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/u, '');
  }

  logIn(credentials: Credentials): void {
    this.#credentials = credentials;
  }

  logOut(): void {
    this.#credentials = undefined;
  }

  /** Throws a CliError for 401; any other status is the command's to judge. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.open(method, path, body);
    if (answer.status === 401) throw new CliError(UNAUTHORIZED);
    return { status: answer.status, text: await answer.text() };
  }

  /** The answer unread, its body still to come. */
  open(method: string, path: string, body?: unknown): Promise<Response> {
    const authorization = this.#credentials && basicAuthorization(this.#credentials);
    return fetch(this.#url + path, {
      method,
      headers: {
        'User-Agent': USER_AGENT,
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** A function's URL is called without credentials, whoever is logged in. */
  invoke(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Response> {
    return fetch(this.#url + path, {
      method: 'POST',
      headers: { 'User-Agent': USER_AGENT, ...headers },
      body,
    });
  }
}

/** Throws a CliError unless the status is one that the CLI takes for success: no 201, no 204. */
export function expectAccepted({ status, text }: Answer): void {
  if (status === 200 || status === 202) return;
  throw new CliError(`server returned unexpected status code: ${status} - ${text}`);
}
