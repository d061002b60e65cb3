import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentHandler } from '../../../functions/agents/kit/define-agent.ts';
import type { Outcome } from '../../../lib/agent-check/run-checks.ts';
import { runChecks } from '../../../lib/agent-check/run-checks.ts';
import { makeSubject } from '../../../lib/agent-check/subject.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
});

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:agent:live';
type Handler = (event: unknown) => Promise<unknown>;

let lambda: Server;
let handler: Handler;

/** Lambda's Invoke, for one function. */
beforeEach(async () => {
  lambda = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'x-amzn-errortype': refusal.type }).end('{"message":"no"}');
      return;
    }
    expect(decodeURIComponent(request.url ?? '')).toBe(`/2015-03-31/functions/${ARN}/invocations`);
    try {
      response.end(JSON.stringify(await handler(JSON.parse(Buffer.concat(chunks).toString()))));
    } catch (error) {
      const { name: errorType, message: errorMessage, stack = '' } = error as Error;
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType, errorMessage, trace: stack.split('\n') }));
    }
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  refusal = undefined;
  lambda.closeAllConnections();
  lambda.close();
});

/** Lambda's own refusal of a call; undefined while it invokes. */
let refusal: { readonly status: number; readonly type: string } | undefined;

const outcomesOf = (role: string): Promise<readonly Outcome[]> => {
  const endpointUrl = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  return runChecks(makeSubject({ address: ARN, role, timeoutMs: 10_000, credentials: {}, endpointUrl }));
};

const failedOf = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap(({ check, verdict }) => (verdict.result === 'fail' ? [[check.id, verdict.reason]] : []));

const AGENTS = [
  ['context-analyzer', 'context_analyzer'],
  ['code-generator', 'code_generator'],
  ['debugger', 'debugger'],
  ['documentation', 'documentation'],
  ['code-reviewer', 'code_reviewer'],
] as const;

describe('an agent that is a function', () => {
  it.each(AGENTS)('keeps the contract: %s', async (name, role) => {
    const built = (await import(`../../../functions/agents/${name}.ts`)) as { handler: AgentHandler };
    handler = (event) => built.handler(event, { getRemainingTimeInMillis: () => 10_000, awsRequestId: 'r' });
    const outcomes = await outcomesOf(role);
    expect(failedOf(outcomes)).toEqual([]);
    expect(outcomes.filter(({ verdict }) => verdict.result === 'pass').length).toBeGreaterThan(14);
  });

  it('keeps the contract: the supervisor of the example', async () => {
    const { handler: example } = await import('../../../docs/examples/supervisor-stack/supervisor.ts');
    handler = (event) => example(event, { getRemainingTimeInMillis: () => 10_000, awsRequestId: 'r' });
    const outcomes = await outcomesOf('supervisor');
    expect(failedOf(outcomes)).toEqual([]);
    const route = outcomes.find(({ check }) => check.id === 'route');
    expect(route?.verdict).toEqual({ result: 'pass', note: 'a-reviewer' });
  });

  it.each([
    ['chooses nobody', { content: 'the debugger' }, /^it chose nobody/],
    ['chooses a stranger', { route: { agent_id: 'x' } }, /^it chose x, who is no candidate/],
    ['says something else as a route', { content: '', route: 'debugger' }, /^its route is none/],
  ])('rejects a supervisor that %s', async (_, answer, reason) => {
    handler = async (event) => ('message_type' in (event as object) ? { status: 'healthy' } : answer);
    const failed = failedOf(await outcomesOf('supervisor')).filter(([id]) => id === 'route');
    expect(failed).toEqual([['route', expect.stringMatching(reason)]]);
  });

  it('rejects one that fails as a runtime does by default', async () => {
    handler = async (event) => {
      if (typeof event !== 'object' || event === null) throw new TypeError('not an object');
      if ('message_type' in event) return { status: 'healthy' };
      return { content: (event as { message: string }).message.slice(0, 10) };
    };
    expect(failedOf(await outcomesOf('debugger'))).toEqual([
      ['fault-incomplete', expect.stringMatching(/^for an empty object, its fault shows a stack trace/)],
    ]);
  });

  it.each([
    [403, 'AccessDeniedException', /^it may not be invoked with these AWS credentials \(AccessDeniedException: no\)/],
    [403, 'UnrecognizedClientException', /^it may not be invoked with these AWS credentials/],
    [404, 'ResourceNotFoundException', /^it could not be invoked \(ResourceNotFoundException: no\)/],
  ])('rejects one that AWS does not invoke (%i %s), and says why', async (status, type, reason) => {
    refusal = { status, type };
    const failed = failedOf(await outcomesOf('debugger'));
    expect(failed).toEqual(['health', 'answer'].map((id) => [id, expect.stringMatching(reason)]));
  });

  it('rejects one that answers no request', async () => {
    handler = async () => null;
    expect(failedOf(await outcomesOf('debugger')).map(([id]) => id)).toEqual(['health', 'answer']);
  });
});
