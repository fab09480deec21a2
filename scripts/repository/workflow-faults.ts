import * as v from 'valibot';
import { parse } from 'yaml';

const Step = v.object({
  uses: v.optional(v.string(), ''),
  run: v.optional(v.string(), ''),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
});
const Job = v.object({ 'timeout-minutes': v.optional(v.number()), steps: v.array(Step) });
const Workflow = v.object({
  on: v.record(v.string(), v.unknown()),
  permissions: v.optional(v.unknown()),
  concurrency: v.optional(v.unknown()),
  jobs: v.record(v.string(), Job),
});
type Step = v.InferOutput<typeof Step>;

/** What a workflow may call. */
export interface Repository {
  readonly npmScripts: readonly string[];
  readonly hasFile: (path: string) => boolean;
}

/** What is wrong with a workflow of GitHub Actions, one sentence each; empty when nothing is. */
export function workflowFaults(text: string, repository: Repository): string[] {
  const workflow = v.parse(Workflow, parse(text));
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  return [
    ...when('pull_request_target' in workflow.on, 'runs a stranger’s code with our secrets'),
    ...when(!isReadOnly(workflow.permissions), 'begins with more rights than contents: read'),
    ...when(workflow.concurrency === undefined, 'has no concurrency'),
    ...jobs.flatMap(([name, job]) => when(!job['timeout-minutes'], `${name} has no timeout`)),
    ...steps.flatMap((step) => [...actionFaults(step), ...commandFaults(step.run, repository)]),
  ];
}

/** What a job needs beyond it, the job says. */
function isReadOnly(permissions: unknown): boolean {
  return v.is(v.strictObject({ contents: v.literal('read') }), permissions);
}

function actionFaults({ uses, with: inputs }: Step): string[] {
  const isCheckout = uses.startsWith('actions/checkout@');
  return [
    ...when(uses !== '' && !/@(v\d+|[0-9a-f]{40})$/.test(uses), `${uses} has no version`),
    ...when(isCheckout && inputs['persist-credentials'] !== false, 'checkout keeps its token'),
  ];
}

function commandFaults(run: string, { npmScripts, hasFile }: Repository): string[] {
  const called = [...run.matchAll(/npm (?:run (?:--\S+ )*([\w:-]+)|(start|stop|test)\b)/g)];
  const scripts = called.map(([, script, short]) => script ?? short ?? '');
  const paths =
    run.match(/(?<![\w./-])(?:(?:scripts|deploy|template)\/[\w./-]+|stack\.yml)/g) ?? [];
  return [
    // An expression is pasted into the script; a variable is not.
    ...when(run.includes('${{'), `"${run.trim()}" holds an expression`),
    ...scripts
      .filter((name) => !npmScripts.includes(name))
      .map((name) => `calls npm run ${name}, which is not there`),
    ...paths.filter((path) => !hasFile(path)).map((path) => `names ${path}, which is not there`),
  ];
}

function when(isFault: boolean, sentence: string): string[] {
  return isFault ? [sentence] : [];
}
