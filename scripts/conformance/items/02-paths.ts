import type { Item } from '../item.ts';

const PATHS = [
  ['', '/'],
  ['/', '/'],
  ['/?a=1&b=x%2Fy', '/?a=1&b=x%2Fy'],
  ['/info/one/two%20words?a=1&b=x%2Fy', '/info/one/two%20words?a=1&b=x%2Fy'],
  ['/info/', '/info/'],
] as const;

export const paths: Item = {
  title: 'NAME and NAME.openfaas-fn reach the function with path and query, without the prefix',
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-02');
    const boot = await probe.boot();
    for (const name of [probe.name, `${probe.name}.openfaas-fn`]) {
      for (const [sent, arrives] of PATHS) {
        const path = `/function/${name}${sent}`;
        const seen = await site.call(path);
        findings.equal(path, urlIn(seen.text), arrives);
      }
      const { text } = await site.call(`/function/${name}/env`);
      findings.holds(`${name} is the same process`, text.includes(boot), text);
    }
  },
};

function urlIn(text: string): string {
  return /"url":"(?<url>[^"]*)"/u.exec(text)?.groups?.['url'] ?? text;
}
