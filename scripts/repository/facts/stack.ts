import type { DeploymentRequest } from '../../deploy/stack-file.ts';
import { factsOf, listed, type Fact } from './fact.ts';
import { settingFacts } from './settings.ts';

/** stack.yml, with whatever values its variables were given. */
export function stackFacts(
  place: string,
  functions: readonly DeploymentRequest[],
): readonly Fact[] {
  const settings = new Map(functions.flatMap(({ envVars }) => Object.entries(envVars)));
  const topics = functions.flatMap(({ annotations }) => annotations['topic'] ?? []);
  return [
    ...settingFacts(place, settings),
    ...factsOf(place, {
      topics: listed(topics.filter((topic) => topic !== 'cron-function')),
      secrets: listed(functions.flatMap(({ secrets }) => secrets)),
    }),
  ];
}
