import { table } from '../markdown/table.ts';
import { faultTests } from './fault-tests.ts';

const introduction = `<!-- Made by \`node scripts/faults-doc.ts\` out of the titles in scripts/faults. -->

# Faults

What is done to the service in \`npm test -- faults\`, and what holds all the same. Each test hurts
real servers, real bundles behind the emulator, or the network between them; then everything is
healed and every promise is checked on everything that is there
([how](reliability.md)). \`--seed N\` plays the same random points again, \`--full\` takes the sizes of
a long run, \`--only TEXT\` runs the files whose path holds the text.
`;

/** The text of docs/faults.md. */
export function faultsDocument(): string {
  const rows = faultTests().map(({ of, rule, file }) => [
    of.replace('row ', ''),
    rule,
    `\`${file.replace('.faults.test.ts', '')}\``,
  ]);
  return `${introduction}\n${table([['#', 'What holds', 'File'], ...rows])}`;
}
