import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { KEY } from './planted-agent.ts';

const root = new URL('../../..', import.meta.url).pathname;
const [major, minor] = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:2])'])
  .stdout?.toString()
  .split(' ')
  .map(Number) ?? [0, 0];
const hasPython = (major ?? 0) > 3 || (major === 3 && (minor ?? 0) >= 9);
if (!hasPython)
  console.warn('skipped: this machine has no python3 of 3.9 or newer, so the Python example is not tried');

let agent: ChildProcess | undefined;
afterEach(() => agent?.kill());

/** Starts the example on a free port. @returns its address */
const start = async (environment: Record<string, string> = {}): Promise<string> => {
  const child = spawn('python3', ['-B', 'docs/examples/python-agent/agent.py'], {
    cwd: root,
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  agent = child;
  child.stderr.resume();
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^listening on port (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}/`;
  }
  throw new Error('the example ended before it listened');
};

/** Nothing from which AWS credentials could come. */
const withoutAws = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** `npm run agent:check -- …`, on this Node. */
const check = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['lib/agent-check/start.mjs', ...args], { cwd: root, env: withoutAws }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );

const turn = (message: string, more = {}) =>
  JSON.stringify({ message, agent_metadata: { deadline_ms: 5_000 }, ...more });

const ask = async (url: string, body: string) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { content: string; status?: string; handoff?: unknown };
};

describe.skipIf(!hasPython)('the Python example', () => {
  it('keeps the whole contract', async () => {
    const url = await start();
    const { code, stdout } = await check(url, '--role', 'code_reviewer', '--health', `${url}health`, '--json');
    const { checks, ...counts } = JSON.parse(stdout);
    expect(checks.filter(({ result }: { result: string }) => result === 'fail')).toEqual([]);
    expect(checks.find(({ id }: { id: string }) => id === 'stream').result).toBe('pass');
    expect(checks.find(({ id }: { id: string }) => id === 'handoff')).toMatchObject({
      result: 'pass',
      note: 'to debugger',
    });
    expect([code, counts.failed, counts.warnings]).toEqual([0, 0, 0]);
  });

  it('keeps the contract of signatures', async () => {
    const url = await start({ SIGNING_KEY: KEY });
    const signed = await check(url, '--role', 'code_reviewer', '--signing-key', KEY, '--health', `${url}health`);
    expect(signed.stdout).toMatch(/\n\d+ passed, 0 failed, 0 warnings/);
    expect(signed.stdout.match(/✓ signature/g)).toHaveLength(9);
    expect(signed.code).toBe(0);
    const unsigned = await check(url, '--role', 'code_reviewer');
    expect(unsigned.code).toBe(1);
    expect(unsigned.stdout).toMatch(
      /✗ answer: .*\n {4}why: it refuses the caller \(HTTP 401\)\n {4}do: {2}Give the cred/,
    );
  });

  it('keeps the contract of credentials', async () => {
    const url = await start({ BEARER_TOKEN: 'xyzzy' });
    const known = await check(url, '--role', 'code_reviewer', '--bearer', 'xyzzy');
    expect(known.stdout).toMatch(/\n\d+ passed, 0 failed, 0 warnings/);
    expect(known.stdout).toContain('✓ credentials');
    const health = async (token: string) =>
      (await fetch(`${url}health`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await health('xyzzy'), await health('xyzz'), await health('é')]).toEqual([200, 401, 401]);
  });

  it('reviews Python', async () => {
    const url = await start();
    const code = 'def add(x, to=[]):\n    try:\n        return eval(x)\n    except:\n        pass\n';
    const { content } = await ask(url, turn(`Review:\n\`\`\`python\n${code}\`\`\``));
    expect(content).toMatch(/line 1: all calls share[\s\S]*line 3: eval[\s\S]*line 4: a bare except[\s\S]*Findings: 3/);
    const attached = { attachments: [{ name: 'a.py', content: 'if x\n' }] };
    expect((await ask(url, turn('Review it', attached))).content).toMatch(/^- a.py, line 1: does not compile/);
    expect(await ask(url, turn('Review it'))).toMatchObject({ status: 'needs_input' });
    expect(await ask(url, turn('Traceback (most recent call last):\nKeyError'))).toMatchObject({
      handoff: { agent_type: 'debugger' },
    });
  });

  it.each([
    ['deep signs', `${'-'.repeat(99_000)}1`],
    ['deep calls', `a${'()'.repeat(49_000)}`],
    ['many lines', 'x = [1, 2]\n'.repeat(9_000)],
    ['half a surrogate pair', 'x = "\ud800"'],
  ])('survives %s', async (_what, code) => {
    const url = await start();
    expect(await ask(url, turn(`\`\`\`\n${code}\n\`\`\``))).toMatchObject({ status: 'completed' });
  });
});

describe('the command', () => {
  it('rejects wrong usage with exit code 2', async () => {
    const { code, stdout, stderr } = await check('https://a.example', '--role', 'Poet');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^--role Poet must be .*; npm run agent:check -- --help lists the options\n$/);
  });

  it('rejects a function without AWS credentials with exit code 2', async () => {
    const { code, stderr } = await check('arn:aws:lambda:us-east-1:123456789012:function:agent', '--json');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^no AWS credentials to invoke the function with: .*\n$/),
    ]);
  });

  it('says how it is used', async () => {
    const { code, stdout } = await check('--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^npm run agent:check -- URL\|ARN/)]);
  });
});
