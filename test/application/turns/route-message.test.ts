import { describe, expect, it } from 'vitest';
import { turnReply } from '../../../functions/application/turns/turn-reply.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { agentDefinition, fiveAgents, outcomeOf, patience, routableAgent } from '../../twins/samples.ts';
import { makeWorld, unreachable, type World } from '../world.ts';

const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');
const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;

/** The only turn of the world's conversation. */
const only = async (world: World) => {
  const turns = await world.stored();
  expect(turns).toHaveLength(1);
  const [turn] = turns;
  if (turn === undefined) throw new Error('there is one turn');
  return turn;
};

describe('a message', () => {
  it('reaches the agent of its role, and the caller is told what is stored', async () => {
    const world = makeWorld();
    const reply = await world.send('Explain what this module does');
    expect(reply).toMatchObject({
      status: 'answered',
      targetAgent: 'context_analyzer',
      response: { content: 'context_analyzer: Explain what this module does', status: 'success' },
      attempts: [{ agentId: 'context_analyzer', outcome: 'answered', delivery: 1 }],
    });
    expect(reply).toEqual(turnReply(await only(world)));
    expect(world.metrics.get('TurnsAnswered')).toBe(1);
    expect(world.queue.waiting).toEqual([]);
  });

  it('carries what the caller sent, and the conversation so far, to the agent', async () => {
    const world = makeWorld();
    await world.send('Explain recursion');
    world.advance(1_000);
    const extras = { contextData: { repo: 'x' }, userPreferences: { tone: 'dry' } };
    const reply = await world.send('Explain it again', {
      ...extras,
      attachments: [{ name: 'a.ts', content: 'let a;' }],
    });
    expect(world.caller.calls[1]?.request).toMatchObject({
      ...extras,
      attachments: [{ name: 'a.ts', content: 'let a;' }],
      conversationHistory: [
        { role: 'user', content: 'Explain recursion', agentId: null },
        { role: 'assistant', content: 'context_analyzer: Explain recursion', agentId: 'context_analyzer' },
      ],
      agentMetadata: { attempt: 1, senderAgent: 'user', messageType: 'user_query' },
    });
    expect(reply).toMatchObject({ history: { keptMessages: 2, droppedMessages: 0, complete: true } });
  });

  it('reaches its agent with as much of the conversation as a function can be sent, escapes included', async () => {
    const world = makeWorld({ script: { call: () => answerOf('fine') } });
    const escapes = (bytes: number) => `Explain ${'\u001b'.repeat(bytes)}`;
    await world.send('Explain recursion');
    await world.send(escapes(340_000));
    await world.send('Explain iteration');
    const reply = await world.send(escapes(720_000));
    const sent = world.caller.calls.at(-1)?.request;
    expect(sent?.conversationHistory).toHaveLength(2);
    expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThan(6_000_000);
    expect(reply).toMatchObject({ history: { keptMessages: 2, droppedMessages: 4 } });
  });

  it('opens a conversation of its own when it names none', async () => {
    const world = makeWorld();
    const reply = await world.send('Explain recursion', { conversationId: undefined });
    expect(reply.conversationId).toMatch(/^conv_/);
    expect(await world.stored()).toEqual([]);
    expect(await world.stored({ ...world.conversation, conversationId: reply.conversationId })).toHaveLength(1);
  });

  it('out of scope is answered politely and calls nobody', async () => {
    const world = makeWorld();
    const reply = await world.send('thanks!');
    expect(reply).toMatchObject({ status: 'answered', targetAgent: null, response: { status: 'out_of_scope' } });
    expect(world.caller.calls).toEqual([]);
    expect(reply).toEqual(turnReply(await only(world)));
  });

  it('goes to the pinned agent and to nobody else', async () => {
    const world = makeWorld();
    const reply = await world.send('thanks!', { agentId: 'debugger' as never });
    expect(reply).toMatchObject({ targetAgent: 'debugger', routing: { tier: 'pinned', role: 'debugger' } });
  });

  it('for a pinned agent that is unhealthy waits', async () => {
    const sick = routableAgent(agentDefinition('sick', 'debugger'), { health: 'unhealthy' });
    const world = makeWorld({ agents: [...fiveAgents(), sick] });
    const reply = await world.send('fix this', { agentId: 'sick' as never });
    expect(reply).toMatchObject({ status: 'pending', reason: 'NO_AGENT_AVAILABLE' });
    expect(world.caller.calls).toEqual([]);
  });
});

describe('a message that is refused', () => {
  const big = { blob: 'x'.repeat(65 * 1024) };
  it.each([
    ['more than 1 MiB', 'x'.repeat(1024 * 1024 + 1), {}, 'MESSAGE_TOO_LARGE'],
    [
      'an attachment too many',
      'x'.repeat(1024 * 1024),
      { attachments: [{ name: 'a', content: '' }] },
      'MESSAGE_TOO_LARGE',
    ],
    ['bytes, not characters', 'ä'.repeat(524_289), {}, 'MESSAGE_TOO_LARGE'],
    ['context data over 64 KiB', 'hello', { contextData: big }, 'INVALID_REQUEST'],
    ['preferences over 64 KiB', 'hello', { userPreferences: big }, 'INVALID_REQUEST'],
    ['an agent that is not there', 'hello', { agentId: 'nobody' as never }, 'AGENT_NOT_FOUND'],
  ])('leaves no trace: %s', async (_, message, request, code) => {
    const world = makeWorld();
    await expect(world.send(message, request)).rejects.toMatchObject({ code, turnId: undefined });
    expect(world.state.conversations.size).toBe(0);
    expect(world.caller.calls).toEqual([]);
  });

  it('for the store that is down calls no agent', async () => {
    const world = makeWorld();
    const view = { turns: { accept: unreachable(DOWN) } };
    await expect(world.send('Explain', {}, view)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      turnId: undefined,
    });
    expect(world.caller.calls).toEqual([]);
  });
});

describe('a message whose agent does not answer', () => {
  const ends = [
    ['fails', FAILED, 'AGENT_FAILED'],
    ['is busy', { kind: 'busy', reason: 'the agent is busy', cause: 429 }, 'NO_AGENT_AVAILABLE'],
    ['cannot be called', { kind: 'rejected', reason: 'not permitted', cause: 403 }, 'NO_AGENT_AVAILABLE'],
    ['hangs', 'hang', 'DEADLINE_EXCEEDED'],
    ['says too much', answerOf('x'.repeat(1024 * 1024 + 1)), 'AGENT_FAILED'],
  ] as const;

  it.each(ends)('waits for its next delivery: %s', async (_, behaviour, reason) => {
    const world = makeWorld({ script: { call: () => behaviour } });
    const reply = await world.send('Explain recursion', { deadlineMs: 30 });
    expect(reply).toMatchObject({ status: 'pending', reason });
    const turn = await only(world);
    expect(reply).toEqual(turnReply(turn));
    expect(turn).toMatchObject({ status: 'pending', deliveryCount: 1, attempts: [{ agentId: 'context_analyzer' }] });
    expect(world.queue.waiting).toMatchObject([{ key: turn.key }]);
    expect(world.queue.waiting[0]?.delayMs).toBeGreaterThanOrEqual(2_000);
    expect(world.metrics.get('TurnsPending')).toBe(1);
  });

  it.each(ends)('rejects and ends when the caller does not want to wait: %s', async (_, behaviour, reason) => {
    const world = makeWorld({ script: { call: () => behaviour } });
    const send = world.send('Explain recursion', { deadlineMs: 30, ifUnavailable: 'fail' });
    const failure = await send.catch((error: unknown) => error);
    const turn = await only(world);
    expect(failure).toMatchObject({ code: reason, turnId: turn.key.turnId });
    expect(turn).toMatchObject({ status: 'undeliverable', reason });
    expect(world.queue.waiting).toEqual([]);
    expect(world.metrics.get('TurnsUndeliverable')).toBe(1);
  });

  it('survives a queue that is down: the sweeper finds it', async () => {
    let broken = true;
    const world = makeWorld({ script: { call: () => (broken ? FAILED : answerOf('repaired')) } });
    const reply = await world.send('Explain recursion', {}, { queue: { send: unreachable(DOWN) } });
    expect(reply).toMatchObject({ status: 'pending', reason: 'AGENT_FAILED' });
    expect(world.queue.waiting).toEqual([]);
    broken = false;
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'answered', answer: { content: 'repaired' }, deliveryCount: 2 });
  });
});

describe('a message that is accepted while something else is down', () => {
  const faults = {
    registry: { registry: { agents: unreachable(DOWN) } },
    finish: { turns: { answer: unreachable(DOWN) } },
  } as const;
  const entries = Object.entries(faults);

  it.each(entries)('survives: %s', async (_, view) => {
    const world = makeWorld();
    const reply = await world.send('Explain recursion', {}, view);
    expect(reply).toMatchObject({ status: 'pending', reason: 'STORE_UNAVAILABLE' });
    expect(reply).toEqual(turnReply(await only(world)));
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'answered', answer: { agentId: 'context_analyzer' } });
  });

  it.each(entries)('ends when the caller does not want to wait: %s', async (_, view) => {
    const world = makeWorld();
    const send = world.send('Explain recursion', { ifUnavailable: 'fail' }, view);
    await expect(send).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', turnId: expect.any(String) });
    expect(await only(world)).toMatchObject({ status: 'undeliverable' });
    expect(world.metrics.get('TurnsUndeliverable')).toBe(1);
  });

  it('rejects the message, and keeps no turn that nobody hears of, when the history cannot be read', async () => {
    const world = makeWorld();
    const send = world.send('Explain recursion', {}, { turns: { newest: unreachable(DOWN) } });
    await expect(send).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', turnId: undefined });
    expect(await world.stored()).toEqual([]);
    expect(world.caller.calls).toEqual([]);
  });

  it('survives when nothing more can be written at all', async () => {
    const world = makeWorld();
    const down = unreachable(DOWN);
    const reply = await world.send('Explain recursion', {}, { turns: { answer: down, postpone: down, abandon: down } });
    expect(reply).toMatchObject({ status: 'pending', reason: 'STORE_UNAVAILABLE' });
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'answered', deliveryCount: 2 });
  });

  it('is answered when the answer was recorded and only its reply was lost', async () => {
    const world = makeWorld();
    const lossy = async (...call: Parameters<typeof world.turns.answer>) => {
      await world.turns.answer(...call);
      throw DOWN;
    };
    const reply = await world.send('Explain recursion', {}, { turns: { answer: lossy } });
    expect(reply).toEqual(turnReply(await only(world)));
    expect(reply).toMatchObject({ status: 'answered' });
  });
});

describe('a delivery that lost its lease', () => {
  it("tells another's answer, and never its own", async () => {
    const world: World = makeWorld({
      script: {
        call: async () => {
          const turn = await only(world);
          world.advance(10 * 60_000);
          const lease = { attemptId: 'other' as never, untilMs: world.now() + 60_000 };
          const claim = await world.turns.claim(turn.key, lease, world.now(), patience());
          if (claim.kind !== 'claimed') throw new Error(claim.kind);
          await world.turns.answer(claim.turn, lease.attemptId, outcomeOf("the other's"), [], world.now(), patience());
          return answerOf('mine');
        },
      },
    });
    const reply = await world.send('Explain recursion');
    expect(reply).toMatchObject({ status: 'answered', response: { content: "the other's" } });
    expect(reply).toEqual(turnReply(await only(world)));
    expect(world.metrics.get('TurnsAnswered')).toBeUndefined();
  });
});
