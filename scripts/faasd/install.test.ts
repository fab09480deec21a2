import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..', '..');
const ours = join(root, 'deploy', 'faasd');

/** Programs of the machine that write down how they are called. Files get no other owner here. */
const programs: Record<string, string> = {
  id: 'echo 0',
  systemctl: 'echo "systemctl $*" >>"$CALLS"',
  npm: 'echo "npm $* ${DATABASE_URL%%:*}" >>"$CALLS"',
  curl: 'echo "curl $*" >>"$CALLS"',
  'faas-cli': 'echo "faas-cli $*" >>"$CALLS"; [ "$1" != login ] || cat >>"$CALLS"',
  install: `mode=file
for word; do
  [ "$word" != -d ] || mode=directory
  before=\${last:-} last=$word
done
[ $mode = file ] && cp "$before" "$last" || mkdir -p "$last"`,
};

let machine: string;
let calls: string;

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'faasd-'));
  calls = join(machine, 'calls');
  writeFileSync(calls, '');
  write('bin', programs, (text) => `#!/bin/sh\nset -eu\n${text}\n`);
  for (const name of Object.keys(programs)) chmodSync(join(machine, 'bin', name), 0o755);
  write('var/lib/faasd', {
    'docker-compose.yaml':
      'services:\n  gateway:\n    image: g\n    environment:\n      - basic_auth=true\n',
    'secrets/basic-auth-user': 'admin',
    'secrets/basic-auth-password': 'gateway-password\n',
  });
  cpSync(join(ours, 'settings.example'), join(machine, 'settings'));
});
afterEach(() => rmSync(machine, { recursive: true }));

function write(folder: string, files: Record<string, string>, wrap = (text: string) => text): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(machine, folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, wrap(text));
  }
}

function install(...args: string[]): string {
  const PATH = [join(machine, 'bin'), process.env['PATH']].join(delimiter);
  const places = ['--root', machine, '--settings', join(machine, 'settings')];
  const { status, stdout, stderr } = spawnSync(join(ours, 'install.sh'), [...places, ...args], {
    env: { ...process.env, PATH, CALLS: calls },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const home = (...path: string[]) => join(machine, 'var/lib/faasd/video-to-mp3', ...path);
const read = (path: string) => readFileSync(path, 'utf8');
const called = () => read(calls).trim().split('\n');

describe('deploy/faasd/install.sh', () => {
  test('is a script every shell reads', () => {
    for (const script of ['install.sh', 'run-connector.sh']) {
      execFileSync('sh', ['-n', join(ours, script)]);
    }
  });

  test('prints what it would do and changes nothing with --dry-run', () => {
    const before = readdirSync(machine, { recursive: true });

    const plan = install('--dry-run');

    expect(readdirSync(machine, { recursive: true })).toEqual(before);
    expect(read(calls)).toBe('');
    for (const line of [
      `+ install -d -m 700 -o 999 -g 999 ${home('postgres', 'data')}`,
      '+      - upstream_timeout=2h',
      '+ systemctl restart faasd-provider faasd',
      '+ npm run --silent migrate',
      '+ faas-cli deploy -f stack.yml',
    ]) {
      expect(plan.split('\n')).toContain(line);
    }
  });

  test('goes from directories to functions, in this order', () => {
    install();

    const secrets = readdirSync(home('secrets')).sort();
    expect(called()).toEqual([
      'systemctl daemon-reload',
      'systemctl restart faasd-provider faasd',
      'npm run --silent migrate postgres',
      expect.stringMatching(/^curl .*\/healthz$/),
      'faas-cli login --username admin --password-stdin',
      'gateway-password',
      ...secrets.map(
        (name) => `faas-cli secret create ${name} --from-file ${home('secrets', name)}`,
      ),
      'faas-cli deploy -f stack.yml',
      expect.stringMatching(/^curl .*\/function\/jobs\/_\/ready$/),
    ]);
  });

  test('gives servers and connector the password the functions have', () => {
    install();

    const password = (name: string) => read(home('secrets', `${name}-password`));
    expect(password('postgres')).toMatch(/^[0-9a-f]{48}$/);
    expect(read(home('postgres/secrets/password'))).toBe(password('postgres'));
    expect(read(home('mongo/secrets/password'))).toBe(password('mongodb'));
    expect(read(home('connector/amqp-password'))).toBe(password('amqp'));
    expect(new Set(['postgres', 'mongodb', 'amqp'].map(password)).size).toBe(3);
  });

  test('has every file a service mounts in its place', () => {
    install();

    const compose = read(join(machine, 'var/lib/faasd/docker-compose.yaml'));
    const sources = [...compose.matchAll(/source: \.\/(.*)/g)].map(([, path = '']) => path);
    const missing = sources.filter((path) => !existsSync(join(machine, 'var/lib/faasd', path)));
    expect(sources.length).toBeGreaterThan(8);
    expect(missing).toEqual([]);
  });

  test('restarts nothing and keeps all secrets when nothing changed', () => {
    install();
    const first = called();
    const password = read(home('secrets/postgres-password'));
    writeFileSync(calls, '');

    install();

    expect(called()).toEqual(first.filter((call) => !call.startsWith('systemctl')));
    expect(read(home('secrets/postgres-password'))).toBe(password);
  });

  test('restarts when faasd’s file lost our services, in an upgrade of faasd say', () => {
    install();
    const compose = join(machine, 'var/lib/faasd/docker-compose.yaml');
    cpSync(`${compose}.before`, compose);
    writeFileSync(calls, '');

    install();

    expect(called()).toContain('systemctl restart faasd-provider faasd');
  });

  test.each(['V2M_IMAGES', 'V2M_PUBLIC_URL', 'V2M_SMTP_URL', 'V2M_MAIL_FROM'])(
    'stops before any change where %s is not set',
    (name) => {
      const settings = join(machine, 'settings');
      writeFileSync(settings, read(settings).replace(`${name}=`, '#'));

      expect(() => install()).toThrow(`does not set ${name}.`);
      expect(existsSync(home())).toBe(false);
    },
  );

  test('stops where faasd is not installed', () => {
    rmSync(join(machine, 'var/lib/faasd/docker-compose.yaml'));

    expect(() => install()).toThrow('install faasd first');
  });
});

describe('deploy/faasd/run-connector.sh', () => {
  test('starts the connector again whenever it ends, with the password of the file', () => {
    write('connector', { password: 'secret\n' });
    write('bin', {
      timeout: '#!/bin/sh\necho "$* with $RMQ_PASS" >>"$CALLS"\nexit 2\n',
      // The third pause ends the loop: it stops the script that called it.
      sleep: '#!/bin/sh\n[ "$(wc -l <"$CALLS")" -lt 3 ] || kill -TERM $PPID\n',
    });
    for (const name of ['timeout', 'sleep']) chmodSync(join(machine, 'bin', name), 0o755);

    const { status } = spawnSync('sh', [join(ours, 'run-connector.sh')], {
      env: {
        PATH: [join(machine, 'bin'), process.env['PATH']].join(delimiter),
        CALLS: calls,
        RMQ_PASSWORD_FILE: join(machine, 'connector', 'password'),
      },
      timeout: 10_000,
    });

    expect(status).toBe(0);
    expect(called()).toEqual(Array(3).fill('3600 ./rmq-connector with secret'));
  });
});
