import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patience } from '../../twins/samples.ts';
import { makeWorld } from '../world.ts';

const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;

describe('the order of a conversation', () => {
  it.each([-2_000, -1, 0, 2_000])(
    'puts a turn that was sent after a reply behind it, clock off by %i ms',
    async (skewMs) => {
      const world = makeWorld();
      const first = await world.send('Explain recursion');
      world.advance(1);
      const second = await world.send('Explain iteration', {}, { skewMs });
      expect(second.turnId > first.turnId).toBe(true);
      const stored = await world.stored();
      expect(stored.map(({ key }) => key.turnId)).toEqual([first.turnId, second.turnId]);
      expect(world.caller.calls[1]?.request.conversationHistory).toHaveLength(2);
    },
  );

  it('puts a turn behind one whose caller was told to wait, clock behind by 2 s', async () => {
    let failing = true;
    const world = makeWorld({
      script: { call: () => (failing ? FAILED : { kind: 'answered', answer: { content: 'ok' } }) },
    });
    const first = await world.send('Explain recursion');
    expect(first.status).toBe('pending');
    failing = false;
    const second = await world.send('Explain iteration', {}, { skewMs: -2_000 });
    expect(second.turnId > first.turnId).toBe(true);
    await world.recover();
    expect((await world.stored()).map(({ status }) => status)).toEqual(['answered', 'answered']);
  });

  it('keeps what the agent was given behind what it had not seen: nothing after its own position', async () => {
    const world = makeWorld();
    await world.send('Explain recursion', {}, { skewMs: 2_000 });
    const [first] = await world.stored();
    const past = await world.turns.newest(world.conversation, 10, patience(), first?.key.turnId);
    expect(past).toHaveLength(1);
    await world.send('Explain iteration', {}, { skewMs: -2_000 });
    expect(world.caller.calls[1]?.request.conversationHistory.map(({ content }) => content)).toEqual([
      'Explain recursion',
      'context_analyzer: Explain recursion',
    ]);
  });

  it('keeps each of 50 turns that are sent at the same time, once', async () => {
    const world = makeWorld();
    const messages = Array.from({ length: 50 }, (_, index) => `Explain line ${index} of this file`);
    const replies = await Promise.all(messages.map((message, index) => world.send(message, {}, { skewMs: index % 5 })));
    const stored = await world.stored();
    expect(stored.map(({ request }) => request.message).sort()).toEqual([...messages].sort());
    expect(new Set(replies.map(({ turnId }) => turnId)).size).toBe(50);
    for (const turn of stored)
      expect(turn).toMatchObject({
        status: 'answered',
        answer: { content: `context_analyzer: ${turn.request.message}` },
      });
  });

  it('holds for every mix of clocks, waiting turns and concurrency', async () => {
    const step = fc.record({
      skewMs: fc.integer({ min: -2_000, max: 2_000 }),
      fails: fc.boolean(),
      together: fc.boolean(),
    });
    const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      let fails = false;
      const world = makeWorld({
        script: { call: () => (fails ? FAILED : { kind: 'answered', answer: { content: 'ok' } }) },
      });
      const ids: string[] = [];
      for (const [index, { skewMs, together, ...next }] of steps.entries()) {
        ({ fails } = next);
        world.advance(1);
        const begun = [world.send(`Explain ${index}`, {}, { skewMs })];
        if (together) begun.push(world.send(`Explain ${index} too`, {}, { skewMs: -skewMs }));
        const replies = await Promise.all(begun);
        const newest = ids.toSorted().at(-1) ?? '';
        for (const { turnId } of replies) expect(turnId > newest).toBe(true);
        ids.push(...replies.map(({ turnId }) => turnId));
      }
      expect((await world.stored()).map(({ key }) => key.turnId)).toEqual(ids.toSorted());
    });
    await fc.assert(property, { numRuns: 100, seed: 20_261_124 });
  });
});
