import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuerAt, openKey } from '../../../lib/local/oidc.ts';
import { openDataFolder } from '../../../lib/local/process/data-folder.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const parent = mkdtempSync(join(tmpdir(), 'cli-'));
const blocker = createServer();
let takenPort = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  takenPort = String((blocker.address() as AddressInfo).port);
});
afterAll(() => {
  blocker.close();
  rmSync(parent, { recursive: true });
});

const run = (script: string, args: readonly string[], nodeArgs: readonly string[] = []) =>
  spawnSync(process.execPath, [...nodeArgs, `lib/local/${script}`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 15_000,
  });
const start = (...args: string[]) => run('start.mjs', args);
const token = (...args: string[]) => run('token.mjs', args);

const folder = (name: string, files: Readonly<Record<string, string>> = {}): string => {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};

const expectOneLine = ({ status, stderr }: SpawnSyncReturns<string>, message: RegExp): void => {
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(status).toBe(1);
};

describe('npm start rejects with one line and exit code 1', () => {
  test('an unknown option', () => expectOneLine(start('--prot', '3000'), /--prot.*--help/));
  test.each(['70000', 'http', '-1', ''])('the port %j', (port) =>
    expectOneLine(start(`--port=${port}`), /is not a port/),
  );
  test('a setting that is not name=value', () =>
    expectOneLine(start('-c', 'logLevel'), /-c logLevel is not name=value/));
  test('a module of stacks that is not there, or has none', () => {
    expectOneLine(start('--stack', 'no-such.ts'), /--stack no-such\.ts: there is no such file/);
    const path = folder('stacks', { 'none.ts': 'export const stacks = [];' });
    expectOneLine(start('--stack', join(path, 'none.ts')), /none\.ts exports no function addStacks\(app, stage\)/);
  });
  test('a taken port', () => {
    expectOneLine(start('--port', takenPort, '--data', folder('taken')), /port \d+ is taken; choose another/);
  });
  test('a damaged data folder', () => {
    const path = folder('damaged', { 'cloud.json': '{"format":' });
    expectOneLine(start('--port', '0', '--data', path), /is damaged.*--reset/);
  });
  test('a folder of something else, which it leaves alone', () => {
    const path = folder('foreign', { 'photo.jpg': 'x' });
    expectOneLine(start('--port', '0', '--data', path, '--reset'), /not a data folder.*photo\.jpg/);
    expect(readdirSync(path)).toEqual(['photo.jpg']);
  });
  test('a data folder that is a file', () => {
    const path = join(folder('files', { file: '' }), 'file');
    expectOneLine(start('--port', '0', '--data', path), /can't be used/);
  });
  test('a data folder that another cloud uses', () => {
    const data = openDataFolder(folder('used'), false);
    try {
      expectOneLine(start('--port', '0', '--data', data.path), new RegExp(`in use .*process id ${process.pid}`));
    } finally {
      data.release();
    }
  });
});

describe.each(['start.mjs', 'token.mjs'])('%s', (script) => {
  const runOn = (version: string) => {
    const pretend = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
    return run(script, ['--help'], ['--import', `data:text/javascript,${pretend}`]);
  };

  test.each(['20.19.0', '22.17.1', '23.5.0'])('rejects Node %s with one line and exit code 1', (version) => {
    const { stdout, ...said } = runOn(version);
    expect(stdout).toBe('');
    expectOneLine({ stdout, ...said }, /needs Node 22\.18 or newer/);
    expect(said.stderr).toContain(version);
  });

  test.each(['22.18.0', '23.6.0', '24.2.0', '26.0.0'])('runs on Node %s', (version) => {
    expect(runOn(version)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('npm ') });
  });
});

test('npm start --help names every option', () => {
  const { status, stdout } = start('--help');
  expect(status).toBe(0);
  for (const option of ['--port', '--data', '--reset', '-c', '--verbose']) expect(stdout).toContain(option);
});

describe('npm run token', () => {
  const issued = async (): Promise<string> => {
    const data = openDataFolder(folder('issued'), false);
    await openKey(data.path);
    data.writeRecord({ format: 1, port: 3000, issuer: issuerAt(3000), clockOffsetMs: 0 });
    data.release();
    return data.path;
  };

  test('prints a token and nothing else, without a running cloud', async () => {
    const { status, stdout, stderr } = token(
      ...['--user', 'alice', '--tenant', 'acme', '--scopes', 'messages:write agents:read'],
      ...['--data', await issued(), '--expires', '60'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = decodeJwt(stdout.trim());
    expect(claims).toMatchObject({
      iss: issuerAt(3000),
      aud: 'switchboard',
      sub: 'alice',
      tenant: 'acme',
      scope: 'messages:write agents:read',
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
  });

  test.each([
    [['--user', 'alice', '--data', join(parent, 'nowhere')], /no local cloud has run/],
    [[], /who is it for/],
    [['--user', ''], /who is it for/],
    [['--user', 'alice', '--expires', 'soon'], /soon is not a whole number/],
    [['--user', 'alice', '--expires', ''], /not a whole number/],
    [['--usr', 'alice'], /--usr/],
    [['alice'], /alice/],
  ])('rejects %j with one line and exit code 1', (args, message) => expectOneLine(token(...args), message));

  test('rejects a data folder whose key is damaged', () => {
    const path = folder('bad-key', {
      'cloud.json': JSON.stringify({ format: 1, port: 1, issuer: 'x', clockOffsetMs: 0 }),
      'oidc-key.json': '{"kty":"RSA"}',
    });
    expectOneLine(token('--user', 'alice', '--data', path), /damaged.*oidc-key\.json/);
  });
});
