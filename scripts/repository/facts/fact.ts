/** What one file says of one thing that several files must agree on. */
export interface Fact {
  /** The file. */
  readonly place: string;
  /** "image of postgres", say. */
  readonly subject: string;
  readonly value: string;
}

/** Subjects and what a file says of them; undefined or empty where it says nothing. */
export function factsOf(
  place: string,
  said: Readonly<Record<string, string | undefined>>,
): readonly Fact[] {
  return Object.entries(said).flatMap(([subject, value = '']) =>
    value === '' ? [] : [{ place, subject, value }],
  );
}

/**
 * One sentence for each subject that two files see differently, and for each that only one file
 * speaks of: its name is written differently elsewhere, or it is not there.
 */
export function contradictions(facts: readonly Fact[]): string[] {
  const subjects = Map.groupBy(facts, ({ subject }) => subject);
  return [...subjects].flatMap(([subject, said]) => {
    const values = new Set(said.map(({ value }) => value));
    const places = new Set(said.map(({ place }) => place));
    if (values.size === 1 && places.size > 1) return [];
    const views = said.map(({ place, value }) => `${value} (${place})`).join(', ');
    return [values.size > 1 ? `${subject}: ${views}` : `${subject}: only ${views}`];
  });
}

/** A list as a value: order says nothing. */
export function listed(items: Iterable<string>): string {
  return [...new Set(items)].sort().join(' ');
}

/** An image without the registry that every client fills in by itself. */
export function imageName(image: string | undefined): string | undefined {
  return image?.replace(/^docker\.io\/(library\/)?/, '');
}

/** Of `scheme://user@host.domain:port/database?…`: the host by its first label, as a service. */
export function accessOf(url: string, defaultPort: number) {
  const { username, hostname, port, pathname } = new URL(url);
  const [service = ''] = hostname.split('.');
  return {
    server: `${service}:${port || defaultPort}`,
    user: username,
    database: pathname.slice(1),
  };
}
