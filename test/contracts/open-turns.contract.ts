import { describe, expect, it } from 'vitest';
import { TurnId } from '../../functions/domain/contract/ids.ts';
import type { ConversationKey, TurnKey } from '../../functions/domain/turn/turn.ts';
import { attemptId, conversationKey, freshTenant, leasedTurn, NOON_MS, outcomeOf, patience } from '../twins/samples.ts';
import type { ConversationPorts } from './conversation-ports.ts';

const HIDDEN_MS = 120_000;

/** What every index of open turns finds, counts and releases. */
export const describeOpenTurns = (name: string, ports: () => ConversationPorts): void => {
  const accepted = async (parts: Parameters<typeof leasedTurn>[0] = {}) => {
    const held = leasedTurn({ leaseMs: 10_000, ...parts });
    await ports().turns.accept(held.turn, patience());
    return held;
  };
  /** Turn ids found in one conversation: other tests' turns may be in the same index. */
  const found = async ({ tenant }: ConversationKey, beforeMs: number): Promise<string[]> => {
    const keys: TurnKey[] = [];
    for await (const key of ports().open.overdue(beforeMs, patience())) keys.push(key);
    return keys.filter((key) => key.tenant === tenant).map(({ turnId }) => turnId);
  };
  const release = (key: TurnKey, nowMs: number) => ports().open.release(key, nowMs, nowMs + HIDDEN_MS, patience());

  describe(`${name}: overdue turns`, () => {
    it('are found once their lease is over, and not before', async () => {
      const { turn } = await accepted();
      expect(await found(turn.key, NOON_MS + 10_000)).toEqual([]);
      expect(await found(turn.key, NOON_MS + 10_001)).toEqual([turn.key.turnId]);
    });

    it('are found when their time has come and nobody took them', async () => {
      const { turn, mine } = await accepted();
      const next = { atMs: NOON_MS + 3_000, reason: 'AGENT_FAILED' as const, attempts: [] };
      await ports().turns.postpone(turn, mine, next, patience());
      expect(await found(turn.key, NOON_MS + 3_000)).toEqual([]);
      expect(await found(turn.key, NOON_MS + 3_001)).toEqual([turn.key.turnId]);
    });

    it('are not those that have ended', async () => {
      const conversation = conversationKey();
      const [answered, given] = [await accepted({ conversation }), await accepted({ conversation })];
      await ports().turns.answer(answered.turn, answered.mine, outcomeOf('Yes.'), [], NOON_MS, patience());
      const end = { reason: 'AGENT_FAILED' as const, attempts: [], nowMs: NOON_MS };
      await ports().turns.abandon(given.turn, given.mine, end, patience());
      expect(await found(conversation, NOON_MS + 999_000)).toEqual([]);
    });

    it('name their owners exactly, whatever characters are in them', async () => {
      const conversation = conversationKey({ tenant: `${freshTenant()}#%23/ü😀`, userId: 'a#b%25|"\\' });
      const { turn } = await accepted({ conversation });
      const keys: TurnKey[] = [];
      for await (const key of ports().open.overdue(NOON_MS + 20_000, patience())) keys.push(key);
      expect(keys).toContainEqual(turn.key);
    });

    it('are all found when there are more than a page of an index', async () => {
      const conversation = conversationKey();
      const ids = await Promise.all(
        Array.from({ length: 110 }, async () => {
          const { turn } = leasedTurn({ conversation, leaseMs: 1 });
          // The same end puts them all into the same shard.
          const turnId = TurnId.parse(`${turn.key.turnId.slice(0, -1)}Z`);
          await ports().turns.accept({ ...turn, key: { ...turn.key, turnId } }, patience());
          return turnId;
        }),
      );
      expect((await found(conversation, NOON_MS + 10)).sort()).toEqual(ids.sort());
    });
  });

  describe(`${name}: a release`, () => {
    it('is given to exactly one of many', async () => {
      const { turn } = await accepted();
      const nowMs = NOON_MS + 20_000;
      const results = await Promise.all(Array.from({ length: 8 }, (_, index) => release(turn.key, nowMs + index)));
      expect(results.filter(Boolean)).toHaveLength(1);
    });

    it('takes the lease and lets the turn be claimed at once', async () => {
      const { turn, mine } = await accepted();
      const nowMs = NOON_MS + 20_000;
      expect(await release(turn.key, nowMs)).toBe(true);
      const late = await ports().turns.answer(turn, mine, outcomeOf('late'), [], nowMs, patience());
      expect(late).toMatchObject({ status: 'pending' });
      const lease = { attemptId: attemptId(), untilMs: nowMs + 60_000 };
      expect(await ports().turns.claim(turn.key, lease, nowMs, patience())).toMatchObject({ kind: 'claimed' });
    });

    it('hides the turn until its time, and not for ever', async () => {
      const { turn } = await accepted();
      const nowMs = NOON_MS + 20_000;
      await release(turn.key, nowMs);
      expect(await found(turn.key, nowMs + HIDDEN_MS)).toEqual([]);
      expect(await release(turn.key, nowMs + HIDDEN_MS)).toBe(false);
      expect(await found(turn.key, nowMs + HIDDEN_MS + 1)).toEqual([turn.key.turnId]);
      expect(await release(turn.key, nowMs + HIDDEN_MS + 1)).toBe(true);
    });

    it('rejects a turn whose lease lasts, one that was claimed, one that ended and one that is not there', async () => {
      const [leased, claimed, answered] = [await accepted(), await accepted(), await accepted()];
      const nowMs = NOON_MS + 20_000;
      expect(await release(leased.turn.key, NOON_MS + 10_000)).toBe(false);
      const lease = { attemptId: attemptId(), untilMs: nowMs + 60_000 };
      await ports().turns.claim(claimed.turn.key, lease, nowMs, patience());
      expect(await release(claimed.turn.key, nowMs)).toBe(false);
      await ports().turns.answer(answered.turn, answered.mine, outcomeOf('Yes.'), [], NOON_MS, patience());
      expect(await release(answered.turn.key, nowMs)).toBe(false);
      expect(await release(leasedTurn().turn.key, nowMs)).toBe(false);
    });

    it('and a claim at the same time: exactly one of them has the turn', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { turn } = await accepted();
        const nowMs = NOON_MS + 20_000;
        const mine = attemptId();
        const [released, claim] = await Promise.all([
          release(turn.key, nowMs),
          ports().turns.claim(turn.key, { attemptId: mine, untilMs: nowMs + 60_000 }, nowMs, patience()),
        ]);
        const stored = await ports().turns.get(turn.key, patience());
        // A claim behind the release is in order; a release behind the claim would take a living lease away.
        if (claim.kind === 'claimed') expect(stored).toMatchObject({ lease: { attemptId: mine } });
        else expect(released).toBe(true);
      }
    });
  });

  describe(`${name}: active conversations`, () => {
    it("are the tenant's own with a pending turn, each counted once", async () => {
      const tenant = freshTenant();
      const mine = [conversationKey({ tenant }), conversationKey({ tenant, userId: 'bob' })] as const;
      await Promise.all([0, 0, 1].map((index) => accepted({ conversation: mine[index] ?? mine[0] })));
      await accepted({ conversation: conversationKey({ tenant: `${tenant}#x` }) });
      await accepted({ conversation: conversationKey({ tenant: `${tenant}x` }) });
      expect(await ports().open.activeConversations(tenant, patience())).toBe(2);
    });

    it('are none after the last answer', async () => {
      const { turn, mine } = await accepted();
      expect(await ports().open.activeConversations(turn.key.tenant, patience())).toBe(1);
      await ports().turns.answer(turn, mine, outcomeOf('Yes.'), [], NOON_MS, patience());
      expect(await ports().open.activeConversations(turn.key.tenant, patience())).toBe(0);
    });
  });
};
