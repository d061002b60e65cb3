import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attemptId, attemptOf, leasedTurn, NOON_MS, outcomeOf, patience } from '../twins/samples.ts';
import { type ConversationPorts, dynamoPorts } from './conversation-ports.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { type Faults, makeUnreliable } from './unreliable-client.ts';

let tables: TestTables;
let ports: ConversationPorts;
let faults: Faults;
beforeAll(async () => {
  tables = await startTables();
  const client = tables.makeClient();
  faults = makeUnreliable(client);
  ports = dynamoPorts(client, tables.conversations);
});
afterAll(() => tables.stop());

type Held = ReturnType<typeof leasedTurn>;
const accepted = async (parts: Parameters<typeof leasedTurn>[0] = {}): Promise<Held> => {
  const held = leasedTurn(parts);
  await ports.turns.accept(held.turn, patience());
  return held;
};
const answer = ({ turn, mine }: Held) =>
  ports.turns.answer(turn, mine, outcomeOf('Because.'), [attemptOf('context-analyzer')], NOON_MS, patience());
const postpone = ({ turn, mine }: Held) => {
  const next = { atMs: NOON_MS + 5_000, reason: 'AGENT_FAILED' as const, attempts: [] };
  return ports.turns.postpone(turn, mine, next, patience());
};
const abandon = ({ turn, mine }: Held) =>
  ports.turns.abandon(turn, mine, { reason: 'AGENT_FAILED', attempts: [], nowMs: NOON_MS }, patience());
const stored = ({ turn }: Held) => ports.turns.get(turn.key, patience());

const SETTLEMENTS = { answer, postpone, abandon } as const;
const EXPECTED = { answer: 'answered', postpone: 'pending', abandon: 'undeliverable' } as const;
const cases = (['answer', 'postpone', 'abandon'] as const).flatMap((method) =>
  (['failNext', 'failNextAttempt'] as const).flatMap((level) =>
    (['before', 'after'] as const).map((fault) => ({ method, level, fault })),
  ),
);

describe('a write of a turn', () => {
  it.each(cases)('survives a $level $fault it: $method', async ({ method, level, fault }) => {
    const held = await accepted();
    faults[level]('UpdateItem', fault);
    const told = await SETTLEMENTS[method](held);
    expect(told).toMatchObject({ status: EXPECTED[method] });
    expect(await stored(held)).toEqual(told);
  });

  it('is sent once more and not oftener when it did not happen', async () => {
    const held = await accepted();
    const before = faults.count('UpdateItem');
    faults.failNext('UpdateItem', 'before');
    await answer(held);
    expect(faults.count('UpdateItem') - before).toBe(2);
  });

  it("tells another's answer when its own fate is unknown and the other was first", async () => {
    const held = await accepted({ leaseMs: 1_000 });
    const other = attemptId();
    const lease = { attemptId: other, untilMs: NOON_MS + 60_000 };
    const claim = await ports.turns.claim(held.turn.key, lease, NOON_MS + 2_000, patience());
    if (claim.kind !== 'claimed') throw new Error(`the turn is ${claim.kind}`);
    const others = await ports.turns.answer(claim.turn, other, outcomeOf('first'), [], NOON_MS, patience());
    faults.failNext('UpdateItem', 'before');
    expect(await answer(held)).toEqual(others);
  });

  it('rejects when neither the write nor the read behind it comes through', async () => {
    const held = await accepted();
    faults.failNext('UpdateItem', 'after');
    faults.failNext('GetItem', 'before');
    await expect(answer(held)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(await stored(held)).toMatchObject({ status: 'answered' });
  });

  it.each(['failNext', 'failNextAttempt'] as const)(
    'counts a delivery once when the claim suffers %s',
    async (level) => {
      const held = await accepted({ leaseMs: 1_000 });
      const mine = attemptId();
      faults[level]('UpdateItem', 'after');
      const lease = { attemptId: mine, untilMs: NOON_MS + 60_000 };
      const claim = await ports.turns.claim(held.turn.key, lease, NOON_MS + 2_000, patience());
      expect(claim).toMatchObject({ kind: 'claimed', turn: { deliveryCount: 2, lease } });
      expect(await stored(held)).toMatchObject({ deliveryCount: 2 });
    },
  );

  it('rejects a claim that did not happen, and leaves the turn to the next', async () => {
    const held = await accepted({ leaseMs: 1_000 });
    faults.failNext('UpdateItem', 'before');
    const lease = { attemptId: attemptId(), untilMs: NOON_MS + 60_000 };
    const claim = () => ports.turns.claim(held.turn.key, lease, NOON_MS + 2_000, patience());
    await expect(claim()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await claim()).toMatchObject({ kind: 'claimed', turn: { deliveryCount: 2 } });
  });
});

describe('accept and withdraw', () => {
  it.each(['failNext', 'failNextAttempt'] as const)('survive a lost reply: %s', async (level) => {
    const held = leasedTurn();
    faults[level]('PutItem', 'after');
    await ports.turns.accept(held.turn, patience());
    expect(await stored(held)).toEqual(held.turn);
    faults[level]('DeleteItem', 'after');
    await ports.turns.withdraw(held.turn, patience());
    expect(await stored(held)).toBeUndefined();
  });

  it('reject what did not happen', async () => {
    const held = leasedTurn();
    faults.failNext('PutItem', 'before');
    await expect(ports.turns.accept(held.turn, patience())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await stored(held)).toBeUndefined();
    await ports.turns.accept(held.turn, patience());
    faults.failNext('DeleteItem', 'before');
    await expect(ports.turns.withdraw(held.turn, patience())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await stored(held)).toEqual(held.turn);
  });

  it('reject a message of which a part could not be written, and store no turn', async () => {
    const held = leasedTurn({ request: { message: 'p'.repeat(900 * 1024) } });
    faults.failNext('PutItem', 'before');
    await expect(ports.turns.accept(held.turn, patience())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await ports.turns.newest(held.turn.key, 10, patience())).toEqual([]);
  });
});

describe('a release', () => {
  it('survives a lost reply: nobody works on the turn, and it is found again', async () => {
    const held = await accepted({ leaseMs: 1_000 });
    faults.failNext('UpdateItem', 'after');
    const nowMs = NOON_MS + 2_000;
    const release = ports.open.release(held.turn.key, nowMs, nowMs + 60_000, patience());
    await expect(release).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await ports.open.release(held.turn.key, nowMs + 60_001, nowMs + 120_000, patience())).toBe(true);
  });
});
