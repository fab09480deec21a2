import { describe, expect, test } from '@jest/globals';
import { servers, text, whole } from '#shared/contracts/settings';
import { ConfigError, parseConfig } from './config.ts';

const spec = {
  settings: { V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL, V2M_LIMIT: whole(5) },
  secrets: { 'a-key': text },
};
const environment = { V2M_POSTGRES_URL: 'postgres://u@h/d', PATH: '/bin' };
const readSecret = () => 'hunter2';

function problemsOf(source: Partial<Parameters<typeof parseConfig>[1]>): string {
  try {
    parseConfig(spec, { environment, readSecret, ...source });
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return String(error);
  }
}

describe('parseConfig', () => {
  test('gives checked values, with defaults for what is optional', () => {
    expect(parseConfig(spec, { environment, readSecret })).toEqual({
      settings: { V2M_POSTGRES_URL: 'postgres://u@h/d', V2M_LIMIT: 5 },
      secrets: { 'a-key': 'hunter2' },
    });
  });

  test('lists everything that is wrong at once', () => {
    const broken = () => {
      throw new Error('ENOENT');
    };
    const problems = problemsOf({
      environment: { V2M_LIMIT: 'many', V2M_TYPO: 'x' },
      readSecret: broken,
    });
    expect(problems).toBe(
      'ConfigError: configuration: V2M_TYPO is not a setting of this function; ' +
        'V2M_POSTGRES_URL is not set; V2M_LIMIT: not a whole number; secret a-key cannot be read',
    );
  });

  test.each([
    ['an unknown setting', { V2M_TYPO: 'x' }, 'V2M_TYPO is not a setting of this function'],
    ['a setting too small', { V2M_LIMIT: '0' }, 'V2M_LIMIT: less than 1'],
    ['an empty setting', { V2M_LIMIT: '' }, 'V2M_LIMIT: not a whole number'],
    ['another protocol', { V2M_POSTGRES_URL: 'http://h' }, 'V2M_POSTGRES_URL: not an address'],
  ])('refuses %s', (_, more, problem) => {
    expect(problemsOf({ environment: { ...environment, ...more } })).toContain(problem);
  });

  test('minds no variable that is not ours', () => {
    expect(problemsOf({ environment: { ...environment, NODE_ENV: 'x' } })).toBe('');
  });

  test('names a malformed secret and nothing of its content (64)', () => {
    const problems = problemsOf({ readSecret: () => '' });
    expect(problems).toContain('secret a-key is malformed');
  });

  test('shows no value of an address, which may hold a password (65)', () => {
    const environment = { V2M_POSTGRES_URL: 'http://u:hunter2@h' };
    expect(problemsOf({ environment })).not.toContain('hunter2');
  });
});
