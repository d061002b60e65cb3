import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Agent, defineAgent, type Task } from '../../../functions/agents/kit/define-agent.ts';
import { role } from '../../../functions/domain/contract/roles.ts';
import { context, request } from '../ask.ts';

const log = { info: vi.fn(), error: vi.fn() };
const logged = () => JSON.stringify([log.info.mock.calls, log.error.mock.calls]);
const agent = (answer: Agent['answer'], more: Partial<Agent> = {}) =>
  defineAgent({ role: 'debugger', engine: 'test-engine', answer, ...more }, log);
const answering = () => vi.fn(() => ({ content: 'fine' }));

afterEach(() => {
  vi.clearAllMocks();
  vi.useRealTimers();
});

describe('an agent made with the kit', () => {
  it('gets the request in camel case and a signal', async () => {
    const tasks: Task[] = [];
    const handler = agent((task) => {
      tasks.push(task);
      return { content: 'fine' };
    });
    await handler(
      request('hello', {
        history: [{ role: 'user', content: 'before' }],
        attachments: [{ name: 'a.ts', content: 'x' }],
      }),
      context,
    );
    expect(tasks[0]).toMatchObject({
      message: 'hello',
      history: [{ role: 'user', content: 'before', agentId: null }],
      attachments: [{ name: 'a.ts', content: 'x' }],
      contextData: {},
      preferences: {},
      metadata: { turnId: 'turn_01JBCDEFGHJKMNPQRSTVWXYZ01', deadlineMs: 20_000 },
    });
    expect(tasks[0]?.signal.aborted).toBe(false);
  });

  it('sets engine and time itself, whatever the answer says', async () => {
    const handler = agent(() => ({
      content: 'fine',
      status: 'completed',
      metadata: { engine: 'other', own: 1 },
      contextData: { seen: true },
    }));
    expect(await handler(request('x'), context)).toEqual({
      content: 'fine',
      status: 'completed',
      metadata: { engine: 'test-engine', own: 1, took_ms: expect.any(Number) },
      context_data: { seen: true },
    });
  });

  it('sends a handoff in the wire form', async () => {
    const handler = agent(() => ({
      content: '',
      handoff: { agentType: role('documentation'), reason: 'asks for prose' },
    }));
    expect(await handler(request('x'), context)).toMatchObject({
      handoff: { agent_type: 'documentation', reason: 'asks for prose' },
    });
  });

  it('replaces half surrogate pairs, which stores cannot keep', async () => {
    expect(await agent(() => ({ content: 'a\ud800b' }))(request('x'), context)).toMatchObject({ content: 'a\ufffdb' });
  });

  it('logs ids and outcome and nothing that was said', async () => {
    await agent(() => ({ content: 'the-answer' }))(request('the-question'), context);
    expect(logged()).toContain('turn_01JBCDEFGHJKMNPQRSTVWXYZ01');
    expect(logged()).not.toMatch(/the-answer|the-question/);
  });

  it('rejects a role that the table does not have, at definition', () => {
    expect(() => defineAgent({ role: 'poet', engine: 'x', answer: answering() }, log)).toThrow();
  });
});

describe('a health check', () => {
  const check = { message_type: 'health_check' };

  it('is answered without calling the agent', async () => {
    const answer = answering();
    expect(await agent(answer)(check, context)).toEqual({ status: 'healthy' });
    expect(answer).not.toHaveBeenCalled();
  });

  it('reports what the agent says about itself', async () => {
    const health = () => ({ status: 'degraded', detail: 'slow disk' }) as const;
    expect(await agent(answering(), { health })(check, context)).toEqual({ status: 'degraded', detail: 'slow disk' });
  });

  it('survives a health function that throws', async () => {
    const health = () => {
      throw new Error('internal detail');
    };
    expect(await agent(answering(), { health })(check, context)).toEqual({
      status: 'unhealthy',
      detail: 'the health check failed',
    });
  });

  it('survives a health function that returns no report', async () => {
    const health = () => 'fine' as never;
    expect(await agent(answering(), { health })(check, context)).toMatchObject({ status: 'unhealthy' });
  });

  it('survives a health function that never ends', async () => {
    vi.useFakeTimers();
    const reply = agent(answering(), { health: () => new Promise(() => undefined) })(check, context);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await reply).toMatchObject({ status: 'unhealthy' });
  });
});

describe('a fault', () => {
  const { agent_metadata: metadata, ...withoutMetadata } = request('x');
  const bad: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'secret-text'],
    ['an empty object', {}],
    ['no metadata', withoutMetadata],
    ['a role that is no text', request('x', { role: ['secret-text'] })],
    ['a wrong turn id', { ...request('x'), agent_metadata: { ...metadata, turn_id: 'secret-text' } }],
  ];
  it('survives fields that a newer Switchboard adds', async () => {
    const event = { ...request('x'), not_yet: 1, agent_metadata: { ...metadata, not_yet: 1 } };
    await expect(agent(answering())(event, context)).resolves.toHaveProperty('content');
    await expect(agent(answering())({ message_type: 'health_check', not_yet: 1 }, context)).resolves.toEqual({
      status: 'healthy',
    });
  });

  it.each(bad)('rejects a request that is %s by name and without quoting it', async (_, event) => {
    const answer = answering();
    const failed = agent(answer)(event, context);
    await expect(failed).rejects.toMatchObject({
      name: 'INVALID_REQUEST',
      message: expect.not.stringContaining('secret-text'),
    });
    expect(answer).not.toHaveBeenCalled();
    expect(logged()).not.toContain('secret-text');
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['a string', 'text'],
    ['content that is no text', { content: 1 }],
    ['a handoff to two', { content: '', handoff: { agentType: 'debugger', agentId: 'a', reason: 'x' } }],
    ['a handoff without reason', { content: '', handoff: { agentType: 'debugger', reason: '' } }],
    ['metadata that is not JSON', { content: '', metadata: { when: () => 0 } }],
    ['more than 1 MiB', { content: 'x'.repeat(1024 * 1024 + 1) }],
  ];
  it.each(wrong)('rejects an answer that is %s', async (_, answer) => {
    await expect(agent(() => answer as never)(request('x'), context)).rejects.toMatchObject({ name: 'INVALID_ANSWER' });
  });

  it('rejects with nothing of the error that the agent threw', async () => {
    const failing = agent(() => {
      throw new Error('password is hunter2');
    });
    const error = await failing(request('x'), context).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({
      name: 'AGENT_FAILED',
      message: 'the agent failed',
      stack: 'AGENT_FAILED: the agent failed',
    });
    expect(logged()).not.toContain('hunter2');
    expect(logged()).toContain('define-agent.test');
  });
});

describe('the deadline', () => {
  const hanging = (signals: AbortSignal[]) =>
    agent(({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });

  it.each([
    ['what the router allows', 1_000, 30_000, 1_000],
    ["what is left of the function's own time", 20_000, 3_000, 2_800],
    ['no timer longer than the function lives', 9_999_999_999, 3_000, 2_800],
  ])('is %s', async (_, deadline_ms, remainingMs, expectedMs) => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const ended = hanging(signals)(request('x', { deadline_ms }), {
      ...context,
      getRemainingTimeInMillis: () => remainingMs,
    });
    const settled = expect(ended).rejects.toMatchObject({ name: 'DEADLINE_EXCEEDED' });
    await vi.advanceTimersByTimeAsync(expectedMs - 1);
    expect(signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals[0]?.aborted).toBe(true);
    await settled;
  });

  it('wins over the error of an agent that heeds the signal', async () => {
    const heeding = agent(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    await expect(heeding(request('x', { deadline_ms: 5 }), context)).rejects.toMatchObject({
      name: 'DEADLINE_EXCEEDED',
    });
  });

  it('rejects at once when no time is left, without calling the agent', async () => {
    const answer = answering();
    await expect(agent(answer)(request('x', { deadline_ms: 0 }), context)).rejects.toMatchObject({
      name: 'DEADLINE_EXCEEDED',
    });
    expect(answer).not.toHaveBeenCalled();
  });
});
