import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Decision } from '../../../functions/domain/contract/decision.ts';
import { parsePolicy, ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { readOptions } from '../../../lib/replay/options.ts';
import { replay } from '../../../lib/replay/replay.ts';
import { ROOT } from '../../check/run-tool.ts';
import { candidate, decisionOf } from './replay-rig.ts';

const EXAMPLE = join(ROOT, 'docs/examples/routing-policy.json');

const wireOf = (decision: Decision): unknown => z.encode(Decision, decision);

/** Two agents, of which the example's policy prefers the fast one. */
const SURE = candidate('sure', { role: 0.8, reliability: 1, speed: 0.2, health: 1 });
const QUICK = candidate('quick', { role: 0.8, reliability: 0.5, speed: 1, health: 1 });
const MOVES = wireOf(decisionOf([SURE, QUICK], { targetAgent: 'sure' }));
const STAYS = wireOf(decisionOf([SURE], { targetAgent: 'sure' }));

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, lines: readonly (string | Uint8Array)[]): string => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  return path;
};

/** As from a shell. */
const run = async (args: readonly string[], stdin = '') => {
  const child = spawn(process.execPath, ['lib/replay/start.mjs', ...args], { cwd: ROOT });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  child.stdin.end(stdin);
  const [status] = await once(child, 'close');
  return { status, ...said };
};

/** What it says within this process, which takes a second less. */
const replayed = async (args: readonly string[], environment: Record<string, string> = {}) => {
  const options = readOptions(args, environment);
  if (options === undefined) throw new Error('asks for help');
  const [printed, notes]: string[][] = [[], []];
  const print = async (text: string): Promise<void> => void printed?.push(text);
  await replay(options, { print, note: (text) => notes?.push(text) });
  return { text: printed?.join('\n') ?? '', notes };
};

const jsonOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a file of decisions', () => {
  const turn = { turn_id: 'turn_1', status: 'answered', message: 'a\u2028b', routing: STAYS, answer_of_tomorrow: 1 };
  const lines = [
    MOVES,
    turn,
    { ...turn, turn_id: 'turn_2', routing: undefined, decision: MOVES },
    { turn_id: 'turn_3' },
  ];
  const file = fileOf('decisions.jsonl', ['', ...lines.map((line) => JSON.stringify(line))]);

  const policyFile = (name: string, changes: object): string =>
    fileOf(name, [JSON.stringify({ ...JSON.parse(readFileSync(EXAMPLE, 'utf8')), ...changes })]);
  const bold = policyFile('bold.json', { weights: { speed: 'much' } });
  const disguised = policyFile('disguised.json', { version: ROUTING_POLICY.version });

  it('is replayed under another policy, for a person', async () => {
    const { text, notes } = await replayed(['--file', file, '--policy', EXAMPLE]);
    expect(notes).toEqual([]);
    expect(text).toBe(`line 2: sure → quick
    because of weights.speed 0.022 → 0.3 (+0.222)
    lead of sure 0.057 → -0.165
line 3 turn_1: sure, as before
line 4 turn_2: sure → quick
    because of weights.speed 0.022 → 0.3 (+0.222)
    lead of sure 0.057 → -0.165
3 decisions under the policy fast-answers-1: 2 changed (66.7 %)
  by verdict: same 1, agent 2
  by field: weights.speed 2
  2 × sure → quick
  1 turns without a decision`);
  });

  it('is replayed for programs, from standard input, and only what changes', async () => {
    const args = ['--file', '-', '--policy', EXAMPLE, '--json', '--changed'];
    const { status, stdout } = await run(args, readFileSync(file, 'utf8'));
    const [first, second, last, ...none] = jsonOf(stdout);
    expect([status, none]).toEqual([0, []]);
    expect(first).toMatchObject({ line: 2, verdict: 'agent', from: 'sure', to: 'quick', policy_version: 'scores-2' });
    expect(second).toMatchObject({ line: 4, turn_id: 'turn_2', verdict: 'agent' });
    expect(last).toMatchObject({
      summary: {
        ...{ policy: 'fast-answers-1', decisions: 3, undecided: 1, changed: 2, share: 0.6667 },
        ...{ by_verdict: { same: 1, agent: 2 }, by_field: { 'weights.speed': 2 } },
        moves: [{ from: 'sure', to: 'quick', count: 2 }],
      },
    });
  });

  it('under the policy that it was made by is the same', async () => {
    const { text } = await replayed(['--file', file, '--json']);
    expect(jsonOf(text).at(-1)).toMatchObject({ summary: { policy: 'scores-2', decisions: 3, changed: 0 } });
  });

  it('is read as it comes: ten thousand lines say that it goes on', async () => {
    const many = fileOf('many.jsonl', Array<string>(10_000).fill(JSON.stringify(STAYS)));
    const { text, notes } = await replayed(['--file', many, '--changed']);
    expect(notes).toEqual(['… 10000']);
    expect(text).toBe('10000 decisions under the policy scores-2: 0 changed (0.0 %)\n  by verdict: same 10000');
  });

  it.each([
    ['no JSON', '{"candidates"', 'is not JSON'],
    ['half a character', Uint8Array.of(0x22, 0xe2, 0x82), 'is not UTF-8'],
    ['another value', '[]', 'is neither a decision nor a turn'],
    ['a decision without tier', JSON.stringify({ ...(MOVES as object), tier: undefined }), 'tier: '],
    ['a turn whose decision is none', JSON.stringify({ turn_id: 'turn_1', routing: 1 }), 'routing: must be an object'],
  ])('rejects %s by its line', async (_, bad, reason) => {
    const path = fileOf('bad.jsonl', [JSON.stringify(STAYS), bad]);
    await expect(replayed(['--file', path])).rejects.toThrow(`bad.jsonl, line 2: ${reason}`);
  });

  it.each([
    ['a file that is not there', ['--file', join(folder, 'gone')], "gone can't be read: ENOENT"],
    ['a policy that is none', ['--file', file, '--policy', file], 'decisions.jsonl is not a routing policy: '],
    ['a policy with a wrong field', ['--file', file, '--policy', bold], 'weights.speed: '],
    ['a data folder without a cloud', ['--conversation', 'x', '--data', folder], 'no local cloud has run'],
  ])('rejects %s', (_, args, reason) => expect(replayed(args)).rejects.toThrow(reason));

  it('ends with 1 where something is not to be read, with 2 for a wrong option, in one line', async () => {
    const unread = await run(['--file', join(folder, 'gone')]);
    expect([unread.status, unread.stdout, unread.stderr.split('\n').length]).toEqual([1, '', 2]);
    const misused = await run(['--file', file, '--loud']);
    const hint = "Unknown option '--loud'; npm run replay -- --help lists the options\n";
    expect(misused).toEqual({ status: 2, stdout: '', stderr: hint });
  });

  it('warns of a policy that has the version of the one that ships', async () => {
    const { notes } = await replayed(['--file', file, '--policy', disguised]);
    expect(notes).toEqual([expect.stringContaining('has the version scores-2')]);
  });
});

describe('a conversation', () => {
  const turns = [
    { turn_id: 'turn_3', status: 'pending', message: 'and now?' },
    {
      turn_id: 'turn_2',
      status: 'answered',
      message: 'it still crashes at start with a stack trace',
      response: { agent_id: 'sure' },
      routing: MOVES,
    },
    {
      turn_id: 'turn_1',
      status: 'answered',
      message: 'thanks a lot, bye',
      response: { agent_id: 'sure' },
      routing: STAYS,
    },
  ];
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization, request.url);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
    const isFirst = searchParams.get('cursor') === null;
    const problem = {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'CONVERSATION_NOT_FOUND',
      detail: 'There is no such conversation.',
    };
    if (pathname !== '/prod/v1/conversations/mine') response.writeHead(404).end(JSON.stringify(problem));
    else response.end(JSON.stringify(isFirst ? { turns: turns.slice(0, 2), next: 'a b' } : { turns: turns.slice(2) }));
  });
  afterAll(() => server.close());
  const url = async (): Promise<string> => {
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`;
  };

  it('is read page by page, and its messages anew by the model', async () => {
    const env = { SWITCHBOARD_URL: `${await url()}/`, SWITCHBOARD_TOKEN: 'secret-token' };
    const { text } = await replayed(['--conversation', 'mine', '--policy', EXAMPLE, '--json'], env);
    expect(seen).toEqual(
      ['limit=20', 'limit=20&cursor=a+b'].flatMap((query) => [
        'Bearer secret-token',
        `/prod/v1/conversations/mine?${query}`,
      ]),
    );
    const [second, first, summary] = jsonOf(text);
    expect(second).toMatchObject({ turn_id: 'turn_2', verdict: 'agent', model: { now: { role: 'debugger' } } });
    expect(first).toMatchObject({
      ...{ turn_id: 'turn_1', verdict: 'same' },
      model: { was: { model: 'test-1', role: 'debugger', probability: 0.8 }, now: { role: 'none' } },
    });
    expect(summary).toMatchObject({
      summary: { decisions: 2, undecided: 1, changed: 1, model: { read: 2, other_role: 1 } },
    });
  });

  it('rejects one that is not there, and says nothing of the token', async () => {
    const error = await replayed(['--conversation', 'other', '--url', await url(), '--token', 'secret-token']).catch(
      ({ message }: Error) => message,
    );
    expect(error).toContain('CONVERSATION_NOT_FOUND: There is no such conversation.');
    expect(error).not.toContain('secret-token');
  });

  it('rejects an API that is not there', async () => {
    const nowhere = ['--conversation', 'mine', '--url', 'http://127.0.0.1:1', '--token', 't'];
    await expect(replayed(nowhere)).rejects.toThrow('conversation mine at http://127.0.0.1:1: ');
  });
});

it('the example of a policy is one, and not the one that ships', () => {
  const policy = parsePolicy(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  expect(policy.version).not.toBe(ROUTING_POLICY.version);
  expect(policy.weights.speed).toBeGreaterThan(ROUTING_POLICY.weights.speed);
  expect(readFileSync(join(ROOT, 'docs/routing.md'), 'utf8')).toContain('docs/examples/routing-policy.json');
});
