import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DELIVERY_POLICY } from '../../functions/domain/delivery/delivery-policy.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { registerAgent, startTestAgent, type TestAgent } from './test-agent.ts';
import { until } from './until.ts';

const DEADLINE_MS = 2_000;
/** Longer than any delay before a retry, and than any lease. */
const LONG_MS = DELIVERY_POLICY.maxDelayMs + 60_000;

describe.runIf(isLocal)('delivery', () => {
  let own: OwnCloud;
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startTestAgent('obedient');
    own = await openCloud();
    await registerAgent(own.cloud, agent);
  });
  afterAll(async () => {
    await own?.cloud.close();
    await agent?.close();
  });
  explainFailures(() => own);
  beforeEach(() => agent.behave({ kind: 'answer' }));

  const newConversation = () => `e2e-${randomUUID()}`;
  const say = (conversation_id: string, fields: Record<string, unknown> = {}) =>
    own.client.say({ message: 'Write something', agent_id: agent.agentId, conversation_id, ...fields });

  const turnsOf = async (conversationId: string) =>
    (await own.client.get(`/v1/conversations/${conversationId}`)).body.turns;

  /** Lets time pass for everybody and runs what is scheduled, until the turn is delivered once more or has ended. */
  const nextDelivery = async (conversationId: string, attempts: number) => {
    await own.control.advanceClock(LONG_MS);
    await own.control.runSchedules();
    return until(
      'the worker',
      async () => {
        const [turn] = await turnsOf(conversationId);
        return turn.status !== 'pending' || turn.attempts.length > attempts ? turn : undefined;
      },
      30_000,
    );
  };

  const untilEnded = async (conversationId: string) => {
    for (let [turn] = await turnsOf(conversationId); ; turn = await nextDelivery(conversationId, turn.attempts.length))
      if (turn.status !== 'pending') return turn;
  };

  describe('survives', () => {
    test('an instance that is killed while its agent works: the sweeper brings the turn to its answer', async () => {
      const conversation = newConversation();
      agent.behave({ kind: 'hang' });
      const before = agent.calls.length;
      const cut = say(conversation, { deadline_ms: 60_000 });
      await until('the agent is called', () => agent.calls[before]);
      expect(await own.control.kill('Router')).toBeGreaterThan(0);
      const { status, body } = await cut;
      expect([status, body.code]).toEqual([500, 'INTERNAL']);

      // Nobody may touch it while its lease lasts.
      await own.control.runSchedules();
      expect((await turnsOf(conversation))[0]).toMatchObject({ status: 'pending', attempts: [] });

      agent.behave({ kind: 'answer' });
      const turn = await untilEnded(conversation);
      expect(turn).toMatchObject({ status: 'answered', target_agent: agent.agentId });
      expect(turn.attempts).toEqual([expect.objectContaining({ delivery: 2, outcome: 'answered' })]);
      expect(agent.callsOf(turn.turn_id)).toHaveLength(2);
      expect(await turnsOf(conversation)).toHaveLength(1);
      expect(await own.control.metricSum('TurnsReclaimed')).toBeGreaterThan(0);
    });

    test.each([
      ['fails', { kind: 'fail' }, 'AGENT_FAILED', 'failed'],
      ['says nothing in time', { kind: 'hang' }, 'DEADLINE_EXCEEDED', 'timed_out'],
      ['says something that is no answer', { kind: 'say', text: '{"answer":42}' }, 'AGENT_FAILED', 'failed'],
      ['says something that is not JSON', { kind: 'say', text: 'sure!' }, 'AGENT_FAILED', 'failed'],
      [
        'sends too much',
        { kind: 'say', text: JSON.stringify({ content: 'x'.repeat(3 << 20) }) },
        'AGENT_FAILED',
        'failed',
      ],
    ] as const)('an agent that %s: 202, and an answer once it is repaired', async (_, behaviour, reason, outcome) => {
      const conversation = newConversation();
      agent.behave(behaviour);
      const told = await say(conversation, { deadline_ms: DEADLINE_MS });
      expect(told.status).toBe(202);
      expect(told.body).toMatchObject({ status: 'pending', reason, conversation_id: conversation });
      expect(told.headers.get('location')).toBe(told.body.links.turn);

      const waiting = (await own.client.get(told.body.links.turn)).body;
      expect(waiting).toMatchObject({ status: 'pending', reason, attempts: [{ delivery: 1, outcome }] });
      expect(Date.parse(waiting.next_attempt_at)).toBeGreaterThan(Date.parse(waiting.created_at));

      agent.behave({ kind: 'answer' });
      const turn = await untilEnded(conversation);
      expect(turn).toMatchObject({ turn_id: told.body.turn_id, status: 'answered', response: { status: 'completed' } });
      expect(turn.attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual([outcome, 'answered']);
    });
  });

  test('a caller who would not wait gets a 5xx with the turn that is given up', async () => {
    for (const [behaviour, status, code] of [
      [{ kind: 'fail' }, 502, 'AGENT_FAILED'],
      [{ kind: 'hang' }, 504, 'DEADLINE_EXCEEDED'],
    ] as const) {
      const conversation = newConversation();
      agent.behave(behaviour);
      const reply = await say(conversation, { if_unavailable: 'fail', deadline_ms: DEADLINE_MS });
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      const turn = (await own.client.get(`/v1/conversations/${conversation}/turns/${reply.body.turn_id}`)).body;
      expect(turn).toMatchObject({ status: 'undeliverable', reason: code });
    }
  });

  test('a turn whose agent never recovers is undeliverable in the end, and an alarm says so', async () => {
    const given = await own.control.metricSum('TurnsUndeliverable');
    const conversation = newConversation();
    agent.behave({ kind: 'fail' });
    const { body } = await say(conversation);
    expect(body.status).toBe('pending');
    const turn = await untilEnded(conversation);
    expect(turn).toMatchObject({ turn_id: body.turn_id, status: 'undeliverable', reason: 'AGENT_FAILED' });
    expect(turn.attempts.map(({ delivery }: { delivery: number }) => delivery)).toEqual(
      Array.from({ length: DELIVERY_POLICY.maxDeliveries }, (_, index) => index + 1),
    );
    expect(agent.callsOf(body.turn_id)).toHaveLength(DELIVERY_POLICY.maxDeliveries);

    // The worker prints its metrics after the turn is written.
    await until('the metric', async () =>
      (await own.control.metricSum('TurnsUndeliverable')) > given ? true : undefined,
    );
    const alarm = (await own.control.alarms()).find(({ id }) => id.includes('TurnsUndeliverable'));
    expect(alarm).toMatchObject({ state: 'ALARM' });
  });

  test('two turns at once in one conversation are both kept', async () => {
    const conversation = newConversation();
    agent.behave({ kind: 'answer', delayMs: 300 });
    const replies = await Promise.all([say(conversation), say(conversation)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    const kept = (await turnsOf(conversation)).map(({ turn_id }: { turn_id: string }) => turn_id);
    expect(kept.sort()).toEqual(replies.map(({ body }) => body.turn_id).sort());
  });

  test('a follow-up reaches the agent with the last ten messages, oldest first', async () => {
    const conversation = newConversation();
    for (let count = 1; count <= 7; count += 1) await say(conversation, { message: `Write number ${count}` });
    const history = agent.calls.at(-1)?.request.conversation_history ?? [];
    expect(history.map(({ role, content }) => `${role}: ${content}`)).toEqual(
      [2, 3, 4, 5, 6].flatMap((count) => [`user: Write number ${count}`, `assistant: answer to Write number ${count}`]),
    );
    const [turn] = await turnsOf(conversation);
    expect(turn.history).toMatchObject({ kept_messages: 10, dropped_messages: 2, complete: true });
  });

  test('nothing failed that nobody waited for', () => {
    expect(own.faults).toEqual([]);
  });
});
