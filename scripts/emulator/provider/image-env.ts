const ENV_LINE = /^\s*ENV\s+(?<name>\w+)[=\s](?<value>.*)$/gimu;

/** The ENV lines of a Dockerfile's last stage, one variable each, quotes removed. */
export function readImageEnv(dockerfile: string): Record<string, string> {
  const stage = dockerfile.split(/^\s*FROM\s/gimu).at(-1) ?? '';
  const env: Record<string, string> = {};
  for (const { groups } of stage.matchAll(ENV_LINE)) {
    env[groups?.['name'] ?? ''] = unquote((groups?.['value'] ?? '').trim());
  }
  return env;
}

function unquote(value: string): string {
  return /^(?<quote>["'])(?<inner>.*)\k<quote>$/u.exec(value)?.groups?.['inner'] ?? value;
}
