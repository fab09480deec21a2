import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { type DeploymentRequest, readStackFile } from '../deploy/stack-file.ts';
import { readJson } from '../stack/files.ts';

/*
 * What runs in the emulator of a stack, and what it was deployed with.
 */

const Processes = v.object({
  /** The gateway and all watchdogs. */
  pid: v.number(),
  /** Without a `childPid` while there is no process. */
  functions: v.array(
    v.object({ name: v.string(), watchdogPort: v.number(), childPid: v.optional(v.number()) }),
  ),
});
const Marker = v.object({ variables: v.record(v.string(), v.string()) });

const checkout = resolve(import.meta.dirname, '..', '..');

/** The file that tells which deployment is there already. */
export function markerFile(root: string): string {
  return join(root, 'emulator', 'deployed.json');
}

/** What the emulator says of its processes. */
export function emulatorProcesses(root: string): v.InferOutput<typeof Processes> {
  return v.parse(Processes, readJson(join(root, 'emulator', 'processes.json')));
}

/** The variables of stack.yml that everything was deployed with. */
export function deployedVariables(root: string): Readonly<Record<string, string>> {
  return v.parse(Marker, readJson(markerFile(root))).variables;
}

/** The request that a function was deployed with: Kubernetes does not tell the variables. */
export function deployedRequest(root: string, name: string): DeploymentRequest {
  const variables = deployedVariables(root);
  const requests = readStackFile({ path: join(checkout, 'stack.yml'), root: checkout, variables });
  const request = requests.find(({ service }) => service === name);
  if (request === undefined) throw new TypeError(`stack.yml has no ${name}`);
  return request;
}
