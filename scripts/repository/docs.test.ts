import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '..', '..');
const documents = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: root });
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('names only npm scripts that exist', () => {
    const named = [
      ...matches(text, /npm run ([\w:-]+)/g),
      ...matches(text, /npm (start|test|stop)\b/g),
    ];
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  test('links only to files that exist', () => {
    const links = matches(text, /\]\((?!https?:|#)([^)#]+)/g);
    expect(links.filter((path) => !existsSync(join(root, dirname(document), path)))).toEqual([]);
  });

  test('names only paths that exist', () => {
    const paths = matches(text, /`((?:functions|shared|scripts|template|docs|deploy)\/[\w./-]+)`/g);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('README.md', () => {
  test('has a row for every function', () => {
    const folders = globSync('functions/*/handler.ts', { cwd: root }).map((path) => dirname(path));
    const missing = folders.filter(
      (folder) => !read('README.md').includes(`| \`${folder.slice(10)}\``),
    );
    expect(missing).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  test('has a reason for every dependency that is shipped', () => {
    const text = read('docs/architecture.md');
    const missing = Object.keys(manifest.dependencies).filter(
      (name) => !text.includes(`| \`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
