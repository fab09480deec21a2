import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { listen } from '../emulator/http/server.ts';
import { runQuietly, type CommandResult } from '../run/command.ts';

const SCRIPT = resolve('scripts/conformance.ts');
let folder: string;
let server: Server;
let answer: (req: IncomingMessage, res: ServerResponse) => void;
let gatewayUrl: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wrong-gateway-'));
  writeFileSync(join(folder, 'credential'), 'admin');
  server = createServer((req, res) => {
    req.resume();
    answer(req, res);
  });
  gatewayUrl = `http://127.0.0.1:${await listen(server, 0)}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function conformance(...args: string[]): Promise<CommandResult> {
  const credential = join(folder, 'credential');
  const access = ['--user-file', credential, '--password-file', credential];
  return runQuietly(process.execPath, [SCRIPT, '--gateway', gatewayUrl, ...access, ...args]);
}

describe('a gateway that is none', () => {
  test('fails an item for each rule it breaks, and the run', async () => {
    answer = (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    const { code, output } = await conformance('--mode', 'faasd', '--only', '3,4');
    expect(output.match(/^ ?\d+ FAILED/gmu)).toEqual([' 3 FAILED', ' 4 FAILED']);
    expect(output).toContain('provider.version has sha and release');
    expect(output).toContain('2 items: 0 passed, 2 failed, 0 not checkable from outside');
    expect(code).toBe(1);
  });

  test('does not pass item 3 by asking everywhere', async () => {
    answer = (req, res) => {
      const isOk = req.headers.authorization?.includes('YWRtaW46YWRtaW4=') ?? false;
      const headers = { 'www-authenticate': 'Basic realm="Restricted"' };
      if (isOk) res.end('[]');
      else res.writeHead(401, headers).end('invalid credentials');
    };
    const { output } = await conformance('--mode', 'faasd', '--only', '3');
    expect(output.match(/\S+ \S+ never asks/gu)).toEqual([
      'GET /healthz never asks',
      'GET /function/conformance-03 never asks',
      'POST /async-function/conformance-03 never asks',
    ]);
    expect(output).not.toContain('GET /system/info without');
  });

  test('that answers 201 and 204 is no success', async () => {
    answer = ({ method }, res) => {
      const status = { PUT: 404, POST: 201, DELETE: 204 }[method ?? ''];
      res.writeHead(status ?? 200).end(status === undefined ? '[]' : '');
    };
    const { code, output } = await conformance('--mode', 'kubernetes', '--only', '1');
    expect(output).toMatch(/POST creates\s+expected: 202\s+seen: +201/u);
    expect(output).toContain('removing conformance-01: 204');
    expect(code).toBe(1);
  });

  test('that is not there ends the run', async () => {
    server.close();
    const { code, output } = await conformance();
    expect(output).toContain('ECONNREFUSED');
    expect(code).toBe(1);
  });
});

describe('called wrongly', () => {
  test('it says how to call it and exits 2', async () => {
    const { code, output } = await conformance('--only', '26');
    expect(code).toBe(2);
    expect(output).toMatch(/^--only: there are 25 items\n\nnpm run conformance/u);
  });
});
