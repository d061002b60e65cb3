import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StagedServer, startServer } from '../../contracts/staged-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-'));
const script = new URL('../../../lib/local/secret.mjs', import.meta.url).pathname;
const NAME = 'switchboard/local/t-a/h/main';
const puts: { method: string | undefined; url: string | undefined; body: string }[] = [];
let server: StagedServer;
beforeAll(async () => {
  server = await startServer((request, response, body) => {
    puts.push({ method: request.method, url: request.url, body });
    const isBad = request.url?.endsWith('bad') === true;
    response.writeHead(isBad ? 400 : 200).end(JSON.stringify(isBad ? { detail: 'the name is bad' } : {}));
  });
  const record = { format: 1, port: server.port, issuer: 'http://x', clockOffsetMs: 0 };
  writeFileSync(join(folder, 'cloud.json'), JSON.stringify(record));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run = async (args: readonly string[], input: string) => {
  const child = spawn(process.execPath, [script, ...args]);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, error };
};

test('a secret is written by name, as it came on standard input, and is not printed', async () => {
  const { out, error } = await run([NAME, '--data', folder], '{"bearer": "xyzzy"}\n');
  expect(puts.at(-1)).toEqual({
    method: 'PUT',
    url: '/_local/secrets/switchboard%2Flocal%2Ft-a%2Fh%2Fmain',
    body: '{"bearer": "xyzzy"}',
  });
  expect([out, error]).toEqual(['wrote switchboard/local/t-a/h/main\n', '']);
});

test.each([
  [['--data', folder], 'one name is needed'],
  [[NAME, '{"bearer": "xyzzy"}', '--data', folder], 'one name is needed'],
  [[NAME, '--dta', folder], "Unknown option '--dta'"],
  [[NAME, '--data', '/nowhere/at/all'], 'no local cloud has run'],
  [['switchboard/local/t-a/h/bad', '--data', folder], 'the secret was not written: the name is bad'],
  [['foo/bar', '--data', folder], 'the name must be switchboard/<stage>/<owner>/<host>/<name>'],
  [['switchboard/local/a/h/main', '--data', folder], 'the name must be switchboard/'],
  [['switchboard/local/t-a/h/', '--data', folder], 'the name must be switchboard/'],
])('rejects %j and says why, without the value', async (args, problem) => {
  const { out, error } = await run(args, '{"bearer": "xyzzy"}');
  expect(error).toContain(problem);
  expect(error).not.toContain('xyzzy');
  expect(error.trimEnd().split('\n')).toHaveLength(1);
  expect(out).toBe('');
});

test.each([
  ['xyzzy', 'the value is not JSON'],
  ['', 'the value is not JSON'],
  ['"xyzzy"', 'the whole: '],
  ['{}', 'the whole: holds nothing'],
  ['{"token": "xyzzy"}', 'the whole: Unrecognized key: "token"'],
  ['{"signing_key": "xyzzy"}', 'signing_key: '],
  ['{"headers": {"x-key": "xyzzy\\n"}}', 'headers.x-key: '],
])('rejects the value %j and says why, without it', async (value, problem) => {
  const before = puts.length;
  const { out, error } = await run([NAME, '--data', folder], value);
  expect(error).toContain(problem);
  expect(error).not.toContain('xyzzy');
  expect(error.trimEnd().split('\n')).toHaveLength(1);
  expect([out, puts.length]).toEqual(['', before]);
});

test('its usage is printed when asked for', async () => {
  expect((await run(['--help'], '')).out).toMatch(/^npm run -s secret -- NAME/);
});
