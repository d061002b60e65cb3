import { describe, expect, it } from 'vitest';
import type { TurnStore } from '../../functions/application/ports.ts';
import { attemptId, attemptOf, conversationKey, leasedTurn, NOON_MS, outcomeOf, patience } from '../twins/samples.ts';

/** What every turn store does to the states of one turn. */
export const describeTurnStore = (name: string, store: () => TurnStore): void => {
  const answer = (held: ReturnType<typeof leasedTurn>, content = 'Because.', nowMs = NOON_MS + 500) =>
    store().answer(held.turn, held.mine, outcomeOf(content), [attemptOf('context-analyzer')], nowMs, patience());
  const postpone = (held: ReturnType<typeof leasedTurn>, atMs: number) => {
    const attempts = [attemptOf('context-analyzer', 'failed')];
    return store().postpone(held.turn, held.mine, { atMs, reason: 'AGENT_FAILED', attempts }, patience());
  };
  const abandon = (held: ReturnType<typeof leasedTurn>) => {
    const attempts = [attemptOf('context-analyzer', 'timed_out')];
    const end = { reason: 'DEADLINE_EXCEEDED' as const, attempts, nowMs: NOON_MS + 900 };
    return store().abandon(held.turn, held.mine, end, patience());
  };
  const accepted = async (parts: Parameters<typeof leasedTurn>[0] = {}) => {
    const held = leasedTurn(parts);
    await store().accept(held.turn, patience());
    return held;
  };
  const stored = ({ turn }: ReturnType<typeof leasedTurn>) => store().get(turn.key, patience());
  const claimAs = (held: ReturnType<typeof leasedTurn>, nowMs: number, id = attemptId()) =>
    store().claim(held.turn.key, { attemptId: id, untilMs: nowMs + 60_000 }, nowMs, patience());

  describe(`${name}: a turn that was accepted`, () => {
    it('is stored as it came', async () => {
      const held = await accepted({
        request: {
          message: 'Explain',
          attachments: [{ name: 'a.ts', content: 'let a;', mediaType: 'text/plain' }],
          contextData: { nested: { list: [1, null, 'x'] } },
          userPreferences: { tone: 'short' },
          pinnedAgent: 'debugger' as never,
        },
      });
      expect(await stored(held)).toEqual(held.turn);
    });

    it('is the same after a second accept', async () => {
      const held = await accepted();
      await store().accept(held.turn, patience());
      expect(await stored(held)).toEqual(held.turn);
      expect(await store().newest(held.turn.key, 10, patience())).toHaveLength(1);
    });

    it('stays answered when its accept comes once more', async () => {
      const held = await accepted();
      const answered = await answer(held);
      await store().accept(held.turn, patience());
      expect(await stored(held)).toEqual(answered);
    });

    it('rejects an aborted call and stores nothing', async () => {
      const held = leasedTurn();
      await expect(store().accept(held.turn, AbortSignal.abort())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await stored(held)).toBeUndefined();
    });

    it('is gone after it was withdrawn, also when it is withdrawn twice', async () => {
      const held = await accepted();
      await store().withdraw(held.turn, patience());
      await store().withdraw(held.turn, patience());
      expect(await stored(held)).toBeUndefined();
    });

    it('lives on under another id after withdraw and accept', async () => {
      const held = await accepted();
      await store().withdraw(held.turn, patience());
      const other = leasedTurn({ conversation: held.turn.key, createdAtMs: NOON_MS + 3_000, attempt: held.mine });
      await store().accept(other.turn, patience());
      const newest = await store().newest(held.turn.key, 10, patience());
      expect(newest.map(({ turnId }) => turnId)).toEqual([other.turn.key.turnId]);
    });

    it('rejects a withdrawal after it was answered', async () => {
      const held = await accepted();
      await answer(held);
      await expect(store().withdraw(held.turn, patience())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await stored(held)).toMatchObject({ status: 'answered' });
    });
  });

  describe(`${name}: an answer`, () => {
    it('is told as it is stored', async () => {
      const held = await accepted();
      const told = await answer(held);
      expect(told).toMatchObject({ status: 'answered', answeredBy: held.mine, endedAtMs: NOON_MS + 500 });
      expect(await stored(held)).toEqual(told);
      expect(told).not.toHaveProperty('lease');
    });

    it('without an agent keeps that nobody answered', async () => {
      const held = await accepted();
      await store().answer(held.turn, held.mine, outcomeOf('Hello.', null), [], NOON_MS, patience());
      expect(await stored(held)).toMatchObject({ answer: { agentId: null }, attempts: [] });
      expect(await store().newest(held.turn.key, 1, patience())).toMatchObject([{ agentId: null, status: 'answered' }]);
    });

    it('is recorded once when two race, and both hear the stored one', async () => {
      const held = await accepted();
      const told = await Promise.all(['one', 'two', 'three'].map((content) => answer(held, content)));
      const kept = await stored(held);
      expect(kept).toMatchObject({ status: 'answered' });
      for (const turn of told) expect(turn).toEqual(kept);
    });

    it('rejects a second answer and tells the first', async () => {
      const held = await accepted();
      const first = await answer(held, 'first');
      expect(await answer(held, 'second', NOON_MS + 9_000)).toEqual(first);
      expect(await stored(held)).toEqual(first);
    });

    it('rejects one whose lease another has claimed, and tells how the turn stands', async () => {
      const held = await accepted({ leaseMs: 1_000 });
      const other = attemptId();
      expect(await claimAs(held, NOON_MS + 2_000, other)).toMatchObject({ kind: 'claimed' });
      expect(await answer(held, 'late')).toMatchObject({ status: 'pending', lease: { attemptId: other } });
      const others = await store().answer(held.turn, other, outcomeOf("other's"), [], NOON_MS, patience());
      expect(others).toMatchObject({ answer: { content: "other's" }, answeredBy: other });
      expect(await answer(held, 'later still')).toEqual(await stored(held));
    });

    it('rejects one whose lease was given back', async () => {
      const held = await accepted();
      await postpone(held, NOON_MS + 5_000);
      expect(await answer(held)).toMatchObject({ status: 'pending', nextAttemptAtMs: NOON_MS + 5_000 });
    });

    it('rejects an answer to a turn that is not there', async () => {
      await expect(answer(leasedTurn())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });

  describe(`${name}: a turn that waits`, () => {
    it('keeps why, until when, and what was tried', async () => {
      const held = await accepted();
      const told = await postpone(held, NOON_MS + 5_000);
      expect(told).toMatchObject({ status: 'pending', reason: 'AGENT_FAILED', nextAttemptAtMs: NOON_MS + 5_000 });
      expect(told.attempts).toEqual([attemptOf('context-analyzer', 'failed')]);
      expect(await stored(held)).toEqual(told);
      expect(told).not.toMatchObject({ lease: expect.anything() });
    });

    it('cannot be claimed before its time', async () => {
      const held = await accepted();
      await postpone(held, NOON_MS + 5_000);
      expect(await claimAs(held, NOON_MS + 4_999)).toEqual({ kind: 'not_due', dueAtMs: NOON_MS + 5_000 });
      expect(await claimAs(held, NOON_MS + 5_000)).toMatchObject({ kind: 'claimed', turn: { deliveryCount: 2 } });
    });

    it('cannot be claimed while its lease lasts', async () => {
      const held = await accepted({ leaseMs: 10_000 });
      expect(await claimAs(held, NOON_MS + 10_000)).toEqual({ kind: 'not_due', dueAtMs: NOON_MS + 10_001 });
      expect(await claimAs(held, NOON_MS + 10_001)).toMatchObject({ kind: 'claimed' });
    });

    it('is claimed by exactly one of many', async () => {
      const held = await accepted({ leaseMs: 1_000 });
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimAs(held, NOON_MS + 2_000)));
      expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', ...Array(7).fill('not_due')]);
      expect(await stored(held)).toMatchObject({ deliveryCount: 2 });
    });

    it('counts a delivery once when its claim is repeated', async () => {
      const held = await accepted({ leaseMs: 1_000 });
      const mine = attemptId();
      await claimAs(held, NOON_MS + 2_000, mine);
      expect(await claimAs(held, NOON_MS + 2_000, mine)).toMatchObject({ kind: 'claimed', turn: { deliveryCount: 2 } });
    });

    it('is settled for whoever claims it after its end', async () => {
      const [answered, given] = [await accepted(), await accepted()];
      await answer(answered);
      await abandon(given);
      expect(await claimAs(answered, NOON_MS + 99_000)).toEqual({ kind: 'settled' });
      expect(await claimAs(given, NOON_MS + 99_000)).toEqual({ kind: 'settled' });
      expect(await claimAs(leasedTurn(), NOON_MS)).toEqual({ kind: 'unknown' });
    });
  });

  describe(`${name}: a turn that is given up`, () => {
    it('ends undeliverable, with its reason', async () => {
      const held = await accepted();
      const told = await abandon(held);
      expect(told).toMatchObject({ status: 'undeliverable', reason: 'DEADLINE_EXCEEDED', endedAtMs: NOON_MS + 900 });
      expect(await stored(held)).toEqual(told);
    });

    it('rejects giving up what was answered, and answering what was given up', async () => {
      const [answered, given] = [await accepted(), await accepted({ conversation: conversationKey() })];
      await answer(answered);
      expect(await abandon(answered)).toMatchObject({ status: 'answered' });
      await abandon(given);
      expect(await answer(given)).toMatchObject({ status: 'undeliverable' });
      expect(await postpone(given, NOON_MS)).toMatchObject({ status: 'undeliverable' });
    });
  });
};
