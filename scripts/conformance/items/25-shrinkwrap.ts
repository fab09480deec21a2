import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';

import { parse } from 'yaml';

import { isJsonObject, stringOf } from '../../emulator/json.ts';
import { shrinkwrap } from '../../deploy/shrinkwrap.ts';
import { TEMPLATE } from '../context-folder.ts';
import type { Findings } from '../findings.ts';
import type { Item } from '../item.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const STACKS = ['stack.yml', 'scripts/conformance/stack.yml'];
const OF_THE_TEMPLATE = globSync('**/*', { cwd: TEMPLATE });

export const shrinkwrapped: Item = {
  title: 'Template, stack.yml and bundles make build contexts offline, with nothing else in them',
  check: async ({ site, findings }) => {
    const handlers = STACKS.flatMap(handlersOf);
    const missing = handlers.filter((handler) => !existsSync(handler));
    if (missing.length > 0) findings.unseen('contexts of dist/', 'needs "npm run build"');
    for (const handler of handlers.filter((one) => !missing.includes(one))) {
      checkContext(findings, handler);
    }
    checkOffline(findings);
    const rule = 'faas-cli itself writes the same';
    const { error } = spawnSync('faas-cli', ['version', '--short-version'], { stdio: 'ignore' });
    if (error === undefined) checkWithCli(findings, rule);
    else findings.unseen(rule, 'needs faas-cli on the PATH');
    // Its code came from such a context, or was built from one.
    const probe = await site.deploy('conformance-25');
    findings.equal('what a context holds runs', (await probe.call('/info')).status, 200);
  },
};

function handlersOf(stack: string): string[] {
  const content: unknown = parse(readFileSync(join(ROOT, stack), 'utf8'), { merge: true });
  const functions = isJsonObject(content) ? content['functions'] : undefined;
  const entries = Object.values(isJsonObject(functions) ? functions : {}).filter(isJsonObject);
  const handlers = entries.map(({ handler }) => join(ROOT, stringOf(handler) ?? ''));
  return [...new Set(handlers)];
}

function checkContext(findings: Findings, handler: string): void {
  const context = mkdtempSync(join(tmpdir(), 'conformance-25-'));
  try {
    shrinkwrap({ template: TEMPLATE, handler, context });
    const ofHandler = globSync('**/*', { cwd: handler }).map((file) => join('function', file));
    const expected = new Set([...OF_THE_TEMPLATE, 'function', ...ofHandler]);
    const others = globSync('**/*', { cwd: context }).filter((file) => !expected.has(file));
    const name = handler.slice(ROOT.length + 1);
    findings.equal(`nothing else in the context of ${name}`, others, []);
    const needed = ['Dockerfile', 'template.yml', 'function/index.mjs'];
    const lacking = needed.filter((file) => !existsSync(join(context, file)));
    findings.equal(`what a build of ${name} needs`, lacking, []);
  } finally {
    rmSync(context, { recursive: true });
  }
}

/** A build that installs packages would need a registry. */
function checkOffline(findings: Findings): void {
  const dockerfile = readFileSync(join(TEMPLATE, 'Dockerfile'), 'utf8');
  findings.holds(
    'no package of npm is installed',
    !/\bnpm (?:i|ci|install)\b/u.test(dockerfile),
    'npm',
  );
}

function checkWithCli(findings: Findings, rule: string): void {
  const stack = 'scripts/conformance/stack.yml';
  const args = ['build', '--shrinkwrap', '--disable-stack-pull', '-f', stack];
  const { status, stderr } = spawnSync('faas-cli', args, { cwd: ROOT, encoding: 'utf8' });
  const context = join(ROOT, 'build', 'conformance-probe');
  const isThere = existsSync(join(context, 'function', 'index.mjs'));
  findings.holds(rule, status === 0 && isThere, stderr);
  rmSync(context, { recursive: true, force: true });
}
