import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TurnStore } from '../../functions/application/ports.ts';
import { TurnId } from '../../functions/domain/contract/ids.ts';
import type { ConversationKey } from '../../functions/domain/turn/turn.ts';
import { conversationKey, freshName, leasedTurn, NOON_MS, outcomeOf, patience } from '../twins/samples.ts';

const MIB = 1024 * 1024;

/** Texts that a store might harm: sizes around its limits, and characters that encodings trip over. */
const HARD_TEXTS: Readonly<Record<string, string>> = {
  'one letter': 'x',
  'exactly what fits in an item': 'y'.repeat(32 * 1024),
  'quotes and backslashes': '"\\'.repeat(16_000),
  'NUL and control characters': '\u0000\u0001\u001f\u007f\ufffe'.repeat(8_000),
  'astral characters across every boundary': `a${'😀'.repeat(100_000)}`,
  'lone surrogates': `\ud83d${'é'.repeat(40_000)}\ude00\ud800`,
  'a first line of a lone surrogate': '\udc00',
  '1 MiB': 'z'.repeat(MIB),
};

/** How every turn store shows a conversation's turns. */
export const describeTurnReading = (name: string, store: () => TurnStore): void => {
  const acceptMany = async (conversation: ConversationKey, count: number, message = 'Why?') => {
    const turns = Array.from({ length: count }, (_, index) =>
      leasedTurn({ conversation, createdAtMs: NOON_MS + index * 1_000, request: { message } }),
    );
    for (const { turn } of turns) await store().accept(turn, patience());
    return turns;
  };
  const idsOf = (turns: readonly { turn: { key: { turnId: string } } }[]) => turns.map(({ turn }) => turn.key.turnId);
  const readAll = async (conversation: ConversationKey, limit: number) => {
    const pages: string[][] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await store().list(conversation, limit, patience(), cursor);
      pages.push(page.items.map(({ key }) => key.turnId));
      cursor = page.next;
    }
    return pages;
  };

  describe(`${name}: the newest turns`, () => {
    it('come newest first, no more than asked for', async () => {
      const conversation = conversationKey();
      const ids = idsOf(await acceptMany(conversation, 5)).reverse();
      const newest = await store().newest(conversation, 3, patience());
      expect(newest.map(({ turnId }) => turnId)).toEqual(ids.slice(0, 3));
    });

    it('end with the turn that is asked for, itself included', async () => {
      const conversation = conversationKey();
      const ids = idsOf(await acceptMany(conversation, 5));
      const upTo = await store().newest(conversation, 10, patience(), TurnId.parse(ids[2]));
      expect(upTo.map(({ turnId }) => turnId)).toEqual([ids[2], ids[1], ids[0]]);
    });

    it('show an answer as soon as it is recorded', async () => {
      const { turn, mine } = leasedTurn({ request: { message: 'ä'.repeat(100) } });
      await store().accept(turn, patience());
      expect(await store().newest(turn.key, 1, patience())).toMatchObject([{ status: 'pending', agentId: null }]);
      await store().answer(turn, mine, outcomeOf('b'.repeat(1_000)), [], NOON_MS, patience());
      const [past] = await store().newest(turn.key, 1, patience());
      expect(past).toMatchObject({ status: 'answered' });
      expect(past?.agentId).toBe('context-analyzer');
      expect(past?.bytes).toBeGreaterThanOrEqual(1_200);
      expect(await past?.read(patience())).toEqual(await store().get(turn.key, patience()));
    });

    it('say which pending turns their callers have heard of', async () => {
      const [postponed, claimed] = [leasedTurn(), leasedTurn({ leaseMs: 1_000 })];
      await store().accept(postponed.turn, patience());
      await store().accept(claimed.turn, patience());
      const next = { atMs: NOON_MS, reason: 'AGENT_FAILED' as const, attempts: [] };
      await store().postpone(postponed.turn, postponed.mine, next, patience());
      const lease = { attemptId: postponed.mine, untilMs: NOON_MS + 60_000 };
      await store().claim(claimed.turn.key, lease, NOON_MS + 2_000, patience());
      for (const { turn } of [postponed, claimed])
        expect(await store().newest(turn.key, 1, patience())).toMatchObject([{ status: 'pending' }]);
    });

    it('are all there when they are as large as inline texts get', async () => {
      const conversation = conversationKey();
      for (const { turn, mine } of await acceptMany(conversation, 12, '\u0000'.repeat(5_400)))
        await store().answer(turn, mine, outcomeOf('"'.repeat(15_500)), [], NOON_MS, patience());
      const newest = await store().newest(conversation, 12, patience());
      expect(newest).toHaveLength(12);
    });

    it('of a conversation that nobody began are none', async () => {
      expect(await store().newest(conversationKey(), 10, patience())).toEqual([]);
      expect(await store().list(conversationKey(), 10, patience())).toEqual({ items: [], next: undefined });
    });
  });

  describe(`${name}: a list of turns`, () => {
    it('is read to its end, page by page, each turn once', async () => {
      const conversation = conversationKey();
      const ids = idsOf(await acceptMany(conversation, 7)).reverse();
      for (const limit of [1, 3, 7, 100]) expect((await readAll(conversation, limit)).flat()).toEqual(ids);
    });

    it('keeps a page small enough to send when turns are large', async () => {
      const conversation = conversationKey();
      const ids = idsOf(await acceptMany(conversation, 5, 'w'.repeat(700 * 1024))).reverse();
      const pages = await readAll(conversation, 100);
      expect(pages.flat()).toEqual(ids);
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(2);
    });

    it('rejects a cursor that no page gave', async () => {
      for (const cursor of ['head', 'turn_', 'part#turn_', '', '\u0000'])
        await expect(store().list(conversationKey(), 10, patience(), cursor)).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
        });
    });
  });

  describe(`${name}: texts`, () => {
    it.each(Object.entries(HARD_TEXTS))('come back unharmed: %s', async (_, text) => {
      const { turn, mine } = leasedTurn({
        request: { message: text, attachments: [{ name: 'n', content: text.slice(0, 1_000) }] },
      });
      await store().accept(turn, patience());
      expect(await store().get(turn.key, patience())).toEqual(turn);
      const told = await store().answer(turn, mine, outcomeOf(text.slice(0, 900 * 1024)), [], NOON_MS, patience());
      const kept = await store().get(turn.key, patience());
      expect(kept).toEqual(told);
      expect(kept?.request.message === text).toBe(true);
      expect(kept?.status === 'answered' && kept.answer.content === text.slice(0, 900 * 1024)).toBe(true);
    });
  });

  describe(`${name}: keys`, () => {
    const part = fc.array(fc.constantFrom('a', 'b', '#', '%', '/', '%23', '%25', '|', 'ü', '😀', '"', '\\', ' '), {
      minLength: 1,
      maxLength: 5,
    });
    const ownerPart = part.map((pieces) => pieces.join(''));
    const triple = fc.record({
      tenant: ownerPart,
      userId: ownerPart,
      conversationId: fc.constantFrom('c', 'd', 'c.d', ':'),
    });

    it('of different owners never meet, whatever characters are in them', async () => {
      const run = freshName('run');
      const property = fc.asyncProperty(triple, triple, async (left, right) => {
        fc.pre(JSON.stringify(left) !== JSON.stringify(right));
        const keys = [left, right].map((parts) => conversationKey({ ...parts, tenant: `${run}${parts.tenant}` }));
        for (const [index, conversation] of keys.entries()) {
          const { turn } = leasedTurn({ conversation, request: { message: `${index}` } });
          await store().accept(turn, patience());
          expect(await store().get(turn.key, patience())).toEqual(turn);
          await store().withdraw(turn, patience());
        }
        const [first, second] = keys.map((conversation) => leasedTurn({ conversation }).turn);
        if (first === undefined || second === undefined) throw new Error('two keys were made');
        await store().accept(first, patience());
        expect(await store().newest(second.key, 10, patience())).toEqual([]);
        expect(await store().get({ ...second.key, turnId: first.key.turnId }, patience())).toBeUndefined();
        await store().withdraw(first, patience());
      });
      await fc.assert(property, { numRuns: 40, seed: 20_261_124 });
    });

    it('keep apart what only the place of a separator tells apart', async () => {
      const left = leasedTurn({ conversation: conversationKey({ tenant: 'x#y', userId: 'z' }) });
      await store().accept(left.turn, patience());
      const { conversationId } = left.turn.key;
      for (const [tenant, userId] of [
        ['x', 'y#z'],
        ['x%23y', 'z'],
        ['x', 'y'],
        ['x#y#z', 'z'],
      ] as const) {
        const other = conversationKey({ tenant, userId, conversationId });
        expect(await store().newest(other, 10, patience())).toEqual([]);
      }
    });
  });
};
