import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../lib/agent-check/check.ts';
import type { CheckOptions } from '../../../lib/agent-check/options.ts';
import { CHECKS, runChecks } from '../../../lib/agent-check/run-checks.ts';
import { signingKeyBytes } from '../../../lib/agent-check/sign-request.ts';
import { makeSubject } from '../../../lib/agent-check/subject.ts';
import type { StagedServer } from '../../contracts/staged-server.ts';
import { doing, endless, isTurn, switching } from './fault-makers.ts';
import { KEY, reply, startAgent, TOKEN } from './planted-agent.ts';
import { FAULTS } from './planted-faults.ts';

let server: StagedServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const subjectAt = (address: string, changes: Partial<CheckOptions> = {}) =>
  makeSubject({
    address,
    role: 'debugger',
    timeoutMs: 4_000,
    credentials: { authorization: `Bearer ${TOKEN}` },
    signingKey: signingKeyBytes(KEY) ?? Buffer.of(),
    ...changes,
  });

/** The verdict of one check, behind that of a plain request. */
const verdictOf = async (address: string, checkId: string, changes?: Partial<CheckOptions>): Promise<Verdict> => {
  const subject = subjectAt(address, changes);
  const check = CHECKS.find(({ id }) => id === checkId);
  if (check === undefined) throw new Error(`there is no check ${checkId}`);
  if (checkId === 'size' || checkId === 'redirect') await subject.ask();
  return check.run(subject);
};

describe('agent:check', () => {
  it('passes an agent that does everything right', async () => {
    server = await startAgent();
    const outcomes = await runChecks(subjectAt(server.url));
    const others = outcomes.filter(({ verdict }) => verdict.result !== 'pass');
    expect(others.map(({ check, verdict }) => [check.id, verdict.result])).toEqual([
      ['route', 'not_applicable'],
      ['https', 'not_applicable'],
    ]);
  });

  it.each(FAULTS)('rejects an agent: %s', async (_fault, fault, checkId, reason) => {
    server = await startAgent(fault);
    const verdict = await verdictOf(server.url, checkId);
    expect(verdict).toMatchObject({ result: 'fail', reason: expect.stringMatching(reason) });
  });

  it('rejects an address without HTTPS', async () => {
    server = await startAgent();
    const verdict = await verdictOf(server.url.replace('127.0.0.1', 'localhost'), 'https');
    expect(verdict).toMatchObject({ result: 'fail', reason: expect.stringMatching(/over plain HTTP/) });
  });

  it('has no check that cannot fail', () => {
    // A supervisor's is caught in kit-agent.test.ts.
    const caught = new Set([...FAULTS.map(([, , checkId]) => checkId), 'https', 'route']);
    expect(CHECKS.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });

  it('names clauses that are headings of docs/agents.md', async () => {
    const page = await readFile(new URL('../../../docs/agents.md', import.meta.url), 'utf8');
    const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
    expect(CHECKS.map(({ clause }) => clause).filter((clause) => !headings.has(clause))).toEqual([]);
  });

  it('survives an agent that is not there, and says so once', async () => {
    server = await startAgent();
    const { url } = server;
    await server.stop();
    server = undefined;
    const outcomes = await runChecks(subjectAt(url));
    const failed = outcomes.filter(({ verdict }) => verdict.result === 'fail');
    expect(failed.map(({ check }) => check.id)).toEqual(['health', 'answer']);
    expect(failed[0]?.verdict).toMatchObject({ reason: 'it could not be reached (ECONNREFUSED)' });
  });

  it.each([
    ['switches protocols', switching, /switches protocols \(HTTP 101\)/],
    ['never ends its answer', endless('chunked'), /gave no whole reply within 0.5 s/],
    ['never ends its answer nor says how long it is', endless('none'), /gave no whole reply within 0.5 s/],
    ['says nothing', () => undefined, /gave no whole reply within 0.5 s/],
  ])('survives an agent that %s, and says so', async (_what, act, reason) => {
    server = await startAgent(doing(act, isTurn));
    const outcomes = await runChecks(subjectAt(server.url, { timeoutMs: 500 }));
    const failed = outcomes.flatMap(({ check, verdict }) =>
      verdict.result === 'fail' ? [[check.id, verdict.reason]] : [],
    );
    // A request of 8 MiB is one more turn: whether it is over in 0.5 s is the machine's affair.
    expect(failed.filter(([id]) => id !== 'fault-too-large')).toEqual([['answer', expect.stringMatching(reason)]]);
    expect(outcomes).toHaveLength(CHECKS.length);
  });

  it('warns of a health URL that looks at no signature, unless it is on another host', async () => {
    server = await startAgent((call) => call.request.method === 'GET' && reply(call, 200, { status: 'healthy' }));
    const healthAddress = `${server.url}/health`;
    const verdict = await verdictOf(server.url, 'signature-health', { healthAddress });
    expect(verdict).toMatchObject({ result: 'warning', reason: expect.stringMatching(/another key/) });
    const elsewhere = { healthAddress: healthAddress.replace('127.0.0.1', 'localhost') };
    expect(await verdictOf(server.url, 'signature-health', elsewhere)).toMatchObject({ result: 'not_applicable' });
  });

  it('finds what is handed over, whichever message makes the agent do so', async () => {
    server = await startAgent(
      (call) => call.json?.message?.includes('README') && reply(call, 200, { content: 'A README' }),
    );
    expect(await verdictOf(server.url, 'handoff')).toMatchObject({ result: 'not_applicable' });
    await server.stop();
    server = await startAgent((call) => {
      const handoff = { agent_type: 'code_reviewer', reason: 'a review' };
      if (call.json?.message?.startsWith('Please review')) return reply(call, 200, { content: '', handoff });
      return call.json?.message?.includes('README') && reply(call, 200, { content: 'A README' });
    });
    expect(await verdictOf(server.url, 'handoff')).toEqual({ result: 'pass', note: 'to code_reviewer' });
  });

  it('gives the health check of another host neither credentials nor a signature', async () => {
    const seen: Record<string, unknown>[] = [];
    server = await startAgent((call) => {
      seen.push(call.request.headers);
      return reply(call, 200, { status: 'healthy' });
    });
    expect(
      await verdictOf('http://127.0.0.1:1/', 'health', {
        healthAddress: `${server.url.replace('127.0.0.1', 'localhost')}/health`,
      }),
    ).toMatchObject({
      result: 'pass',
    });
    expect(Object.keys(seen[0] ?? {}).filter((name) => /authorization|webhook|content/.test(name))).toEqual([]);
  });
});
