import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makeReadConversations } from '../../../functions/application/conversations/read-conversations.ts';
import { makePreviewRoute } from '../../../functions/application/turns/preview-route.ts';
import { ConversationList, ConversationView, TurnView } from '../../../functions/domain/contract/conversation.ts';
import { Decision } from '../../../functions/domain/contract/decision.ts';
import { UserId } from '../../../functions/domain/contract/ids.ts';
import { makeMemoryConversationStore } from '../../twins/conversation-store.ts';
import { principalOf } from '../../twins/samples.ts';
import { makeWorld, type World } from '../world.ts';

const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;

const readers = (world: World) => {
  const deps = world.dependencies({});
  return {
    me: principalOf(world.conversation),
    other: { ...principalOf(world.conversation), userId: UserId.parse('mallory') },
    id: world.conversation.conversationId,
    conversations: makeReadConversations({
      turns: world.turns,
      conversations: makeMemoryConversationStore(world.state),
    }),
    preview: makePreviewRoute(deps),
  };
};

describe('a conversation', () => {
  it('shows its owner every turn, newest first, in a form that the contract allows', async () => {
    let failing = false;
    const world = makeWorld({
      script: { call: () => (failing ? FAILED : { kind: 'answered', answer: { content: 'because' } }) },
    });
    const { conversations, me, id } = readers(world);
    await world.send('Explain recursion', { attachments: [{ name: 'a.ts', content: 'x', mediaType: 'text/plain' }] });
    failing = true;
    world.advance(1_000);
    await world.send('Explain iteration');
    world.advance(1_000);
    await world.send('Explain loops', { ifUnavailable: 'fail' }).catch(() => undefined);
    const view = await conversations.get(me, id, { limit: 10 });
    expect(view.turns.map(({ status }) => status)).toEqual(['undeliverable', 'pending', 'answered']);
    expect(z.encode(ConversationView, view).turns[1]).toMatchObject({ reason: 'AGENT_FAILED', attempts: [{}] });
    expect(view.turns[1]?.nextAttemptAt).toBeDefined();
    expect(z.encode(ConversationList, await conversations.list(me, { limit: 10 }))).toMatchObject({
      conversations: [{ title: 'Explain recursion' }],
    });
    const [newest] = view.turns;
    if (newest === undefined) throw new Error('there are turns');
    const turn = await conversations.turn(me, id, newest.turnId);
    expect(z.encode(TurnView, turn)).toEqual(z.encode(TurnView, newest));
  });

  it('does not exist for anybody else', async () => {
    const world = makeWorld();
    const { conversations, other, id } = readers(world);
    const { turnId } = await world.send('Explain recursion');
    await expect(conversations.get(other, id, { limit: 10 })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
    await expect(conversations.turn(other, id, turnId)).rejects.toMatchObject({ code: 'TURN_NOT_FOUND' });
    expect(await conversations.list(other, { limit: 10 })).toEqual({ conversations: [] });
  });
});

describe('a dry run', () => {
  it('says who would answer, and stores and sends nothing', async () => {
    const world = makeWorld();
    const { preview, me, id } = readers(world);
    const decision = await preview(me, { message: 'Explain recursion', conversationId: id });
    expect(z.encode(Decision, decision)).toMatchObject({ target_agent: 'context_analyzer', tier: 'model' });
    expect(world.state.conversations.size).toBe(0);
    expect(world.caller.calls).toEqual([]);
  });

  it('decides as the message itself would be decided, the conversation included', async () => {
    const world = makeWorld();
    const { preview, me, id } = readers(world);
    await world.send('fix this crash');
    const { tookMs: _took, ...decision } = await preview(me, { message: 'and now?', conversationId: id });
    const reply = await world.send('and now?');
    if (reply.status !== 'answered') throw new Error('it is answered');
    expect(reply.routing).toMatchObject(decision);
    expect(decision.role).toBe('debugger');
  });

  it('rejects an agent that is not there', async () => {
    const { preview, me } = readers(makeWorld());
    const request = { message: 'x', agentId: 'nobody' as never };
    await expect(preview(me, request)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
});
