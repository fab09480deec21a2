import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { shrinkwrap } from './shrinkwrap.ts';

let root: string;
const at = (path: string): string => join(root, path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shrinkwrap-'));
  for (const path of ['template.yml', 'Dockerfile', 'function/sample.js']) {
    write(`template/${path}`, 'of the template');
  }
  write('handler/index.mjs', 'of the handler');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

function contextFiles(): string[] {
  shrinkwrap({ template: at('template'), handler: at('handler'), context: at('build/one') });
  return globSync('**/*.*', { cwd: at('build/one') }).sort();
}

const whole = ['function/index.mjs', 'function/sample.js', 'template.yml'];

describe('shrinkwrap', () => {
  test('lays the handler over the template, whose samples survive', () => {
    expect(contextFiles()).toEqual(whole);
    expect(readFileSync(at('build/one/Dockerfile'), 'utf8')).toBe('of the template');
  });

  test('lets the handler overwrite a sample of the template', () => {
    write('handler/sample.js', 'of the handler');
    contextFiles();
    expect(readFileSync(at('build/one/function/sample.js'), 'utf8')).toBe('of the handler');
  });

  test('wipes an older context', () => {
    write('build/one/old.js', 'old');
    expect(contextFiles()).toEqual(whole);
  });

  test.each(['build', 'template'])('leaves out a folder %s at the top of the handler', (name) => {
    write(`handler/${name}/x.js`, 'x');
    expect(contextFiles()).toEqual(whole);
  });

  test('takes a folder build that lies deeper', () => {
    write('handler/deep/build/x.js', 'x');
    expect(contextFiles()).toContain('function/deep/build/x.js');
  });

  test('follows symbolic links', () => {
    write('elsewhere/linked.js', 'linked');
    symlinkSync(at('elsewhere'), at('handler/link'));
    contextFiles();
    expect(readFileSync(at('build/one/function/link/linked.js'), 'utf8')).toBe('linked');
  });

  test('refuses a template without template.yml and keeps the older context', () => {
    write('build/one/old.js', 'old');
    rmSync(at('template/template.yml'));
    expect(contextFiles).toThrow('is no template: it has no template.yml');
    expect(readFileSync(at('build/one/old.js'), 'utf8')).toBe('old');
  });
});
