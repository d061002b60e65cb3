import { describe, expect, it } from 'vitest';
import { TenantId, UserId } from '../../functions/domain/contract/ids.ts';
import type { ConversationKey } from '../../functions/domain/turn/turn.ts';
import { conversationKey, freshTenant, leasedTurn, NOON_MS, patience } from '../twins/samples.ts';
import type { ConversationPorts } from './conversation-ports.ts';

/** How every conversation store lists a user's conversations. */
export const describeConversationStore = (name: string, ports: () => ConversationPorts): void => {
  const say = async (conversation: ConversationKey, createdAtMs: number, message = 'Why?') => {
    const held = leasedTurn({ conversation, createdAtMs, request: { message } });
    await ports().turns.accept(held.turn, patience());
    return held;
  };
  const list = (owner: Pick<ConversationKey, 'tenant' | 'userId'>, limit: number, cursor?: string) =>
    ports().conversations.list(owner, limit, patience(), cursor);
  const head = (conversation: ConversationKey) => ports().conversations.head(conversation, patience());

  describe(`${name}: conversations`, () => {
    it('are listed by their newest activity', async () => {
      const tenant = freshTenant();
      const ids = ['first', 'second', 'third'];
      for (const [index, conversationId] of ids.entries())
        await say(conversationKey({ tenant, conversationId }), NOON_MS + index * 1_000);
      const again = conversationKey({ tenant, conversationId: 'first' });
      await say(again, NOON_MS + 9_000);
      const { items, next } = await list(again, 10);
      expect(items.map(({ conversationId }) => conversationId)).toEqual(['first', 'third', 'second']);
      expect(next).toBeUndefined();
      expect(items[0]).toMatchObject({ createdAtMs: NOON_MS, lastActivityAtMs: NOON_MS + 9_000, title: 'Why?' });
    });

    it('are read to the end, page by page, each once, also when all are equally old', async () => {
      const tenant = freshTenant();
      const ids = Array.from({ length: 7 }, (_, index) => `c${index}`);
      for (const conversationId of ids) await say(conversationKey({ tenant, conversationId }), NOON_MS);
      const owner = { tenant, userId: UserId.parse('alice') };
      const seen: string[] = [];
      for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
        const page = await list(owner, 3, cursor);
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...page.items.map(({ conversationId }) => conversationId));
        cursor = page.next;
      }
      expect(seen.sort()).toEqual(ids);
    });

    it("are invisible to another user and another tenant, by list and by head, with another's cursor too", async () => {
      const tenant = freshTenant();
      const mine = [conversationKey({ tenant }), conversationKey({ tenant })] as const;
      for (const conversation of mine) await say(conversation, NOON_MS);
      const { next } = await list(mine[0], 1);
      expect(next).toBeDefined();
      for (const other of [
        { tenant, userId: UserId.parse('bob') },
        { tenant: TenantId.parse(`${tenant}#alice`), userId: UserId.parse('x') },
        { tenant: freshTenant(), userId: UserId.parse('alice') },
      ]) {
        expect((await list(other, 10)).items).toEqual([]);
        expect(await head({ ...mine[0], ...other })).toBeUndefined();
        expect((await list(other, 10, next)).items).toEqual([]);
      }
    });

    it('have a head as soon as a turn is accepted, and keep it when the turn moves to another id', async () => {
      const conversation = conversationKey();
      expect(await head(conversation)).toBeUndefined();
      const { turn } = await say(conversation, NOON_MS);
      expect(await head(conversation)).toMatchObject({ conversationId: conversation.conversationId });
      await ports().turns.withdraw(turn, patience());
      await say(conversation, NOON_MS + 1_000);
      expect(await head(conversation)).toMatchObject({ createdAtMs: NOON_MS, lastActivityAtMs: NOON_MS + 1_000 });
    });

    it.each([
      ['  first line \nsecond', 'first line '],
      ['\n\n  later', 'later'],
      ['x'.repeat(300), 'x'.repeat(80)],
      [`${'😀'.repeat(100)}`, '😀'.repeat(80)],
      ['\ud83d alone', '\ufffd alone'],
    ])('are named after their first message: %j', async (message, title) => {
      const conversation = conversationKey();
      await say(conversation, NOON_MS, message);
      await say(conversation, NOON_MS + 1, 'something else');
      expect((await head(conversation))?.title).toBe(title);
    });

    it('reject a cursor that no page gave', async () => {
      const crafted = Buffer.from('{"id":"c","at":1e300}').toString('base64url');
      for (const cursor of ['nonsense', 'e30', crafted])
        await expect(list(conversationKey(), 10, cursor)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });
  });
};
