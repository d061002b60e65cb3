import { describe, expect, it } from 'vitest';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { DELIVERY_POLICY } from '../../../functions/domain/delivery/delivery-policy.ts';
import type { TurnKey } from '../../../functions/domain/turn/turn.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { attemptId, leasedTurn, patience } from '../../twins/samples.ts';
import { makeWorld, unreachable, type World } from '../world.ts';

const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;
const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');

/** A world with one turn that failed `failures` times or will, and its key. */
const waiting = async (failures = 1): Promise<{ world: World; key: TurnKey }> => {
  let left = failures;
  const world = makeWorld({
    script: {
      call: () => {
        if (left === 0) return answerOf('repaired');
        left -= 1;
        return FAILED;
      },
    },
  });
  await world.send('Explain recursion');
  const [key] = world.queue.takeAll();
  if (key === undefined) throw new Error('the turn was queued');
  return { world, key };
};

const only = async (world: World) => (await world.stored())[0];

describe('an undelivered turn', () => {
  it('is answered by its next delivery', async () => {
    const { world, key } = await waiting();
    world.advance(60_000);
    await world.retry()(key);
    expect(await only(world)).toMatchObject({
      status: 'answered',
      deliveryCount: 2,
      attempts: [
        { delivery: 1, outcome: 'failed' },
        { delivery: 2, outcome: 'answered' },
      ],
    });
    expect(world.queue.waiting).toEqual([]);
  });

  it('survives duplicates, one after the other and at the same time', async () => {
    const { world, key } = await waiting();
    world.advance(60_000);
    const work = world.retry();
    await Promise.all([work(key), work(key), work(key)]);
    const answered = await only(world);
    await work(key);
    expect(await only(world)).toEqual(answered);
    expect(world.caller.calls).toHaveLength(2);
    expect(world.metrics.get('TurnsAnswered')).toBe(1);
  });

  it('that comes too early is sent again for its time', async () => {
    const { world, key } = await waiting();
    await world.retry()(key);
    expect(world.caller.calls).toHaveLength(1);
    const turn = await only(world);
    if (turn?.status !== 'pending') throw new Error('the turn waits');
    expect(world.queue.waiting).toEqual([{ key, delayMs: turn.nextAttemptAtMs - world.now() }]);
  });

  it('that another delivers right now is left to it and looked at again', async () => {
    const { world, key } = await waiting();
    world.advance(60_000);
    await world.turns.claim(key, { attemptId: attemptId(), untilMs: world.now() + 9_000 }, world.now(), patience());
    await world.retry()(key);
    expect(world.caller.calls).toHaveLength(1);
    expect(world.queue.waiting).toEqual([{ key, delayMs: 9_001 }]);
  });

  it('that is not there is nothing to deliver', async () => {
    const { world } = await waiting();
    await world.retry()(leasedTurn().turn.key);
    expect(world.queue.waiting).toEqual([]);
  });

  it('is undeliverable after its last delivery, and the alarm hears of it once', async () => {
    const { world, key } = await waiting(Number.POSITIVE_INFINITY);
    await world.recover();
    const turn = await only(world);
    expect(turn).toMatchObject({ status: 'undeliverable', reason: 'AGENT_FAILED' });
    expect(turn?.deliveryCount).toBe(DELIVERY_POLICY.maxDeliveries);
    expect(turn?.attempts.map(({ delivery }) => delivery)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(world.metrics.get('TurnsUndeliverable')).toBe(1);
    await world.retry()(key);
    expect(world.metrics.get('TurnsUndeliverable')).toBe(1);
  });

  it('whose every delivery vanishes without a word ends too', async () => {
    const { world, key } = await waiting();
    for (let delivery = 2; delivery <= DELIVERY_POLICY.maxDeliveries; delivery += 1) {
      world.advance(20 * 60_000);
      const lease = { attemptId: attemptId(), untilMs: world.now() + 60_000 };
      const claim = await world.turns.claim(key, lease, world.now(), patience());
      expect(claim).toMatchObject({ kind: 'claimed' });
    }
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'undeliverable', reason: 'INTERRUPTED' });
    expect(world.caller.calls).toHaveLength(1);
    expect(world.metrics.get('TurnsUndeliverable')).toBe(1);
  });

  it('rejects when the store cannot be reached, so that its queue brings it again', async () => {
    const { world, key } = await waiting();
    world.advance(60_000);
    const work = world.retry({ turns: { claim: unreachable(DOWN) } });
    await expect(work(key)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await world.retry()(key);
    expect(await only(world)).toMatchObject({ status: 'answered' });
  });

  it('survives a registry that is down after it was claimed', async () => {
    const { world, key } = await waiting();
    world.advance(60_000);
    await expect(world.retry({ registry: { agents: unreachable(DOWN) } })(key)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'answered' });
  });

  it('survives a queue that is down when it fails again', async () => {
    const { world, key } = await waiting(2);
    world.advance(60_000);
    await expect(world.retry({ queue: { send: unreachable(DOWN) } })(key)).resolves.toBeUndefined();
    await world.recover();
    expect(await only(world)).toMatchObject({ status: 'answered', deliveryCount: 3 });
  });

  it('gets the history before its own place, however much came after it', async () => {
    let fails = false;
    const world = makeWorld({ script: { call: () => (fails ? FAILED : answerOf('ok')) } });
    await world.send('Explain recursion');
    world.advance(1_000);
    fails = true;
    await world.send('Explain iteration');
    fails = false;
    for (let later = 0; later < 15; later += 1) {
      world.advance(1_000);
      await world.send(`Explain number ${later}`);
    }
    world.advance(60_000);
    for (const key of world.queue.takeAll()) await world.retry()(key);
    const { conversationHistory } = world.caller.calls.at(-1)?.request ?? {};
    expect(conversationHistory?.map(({ content }) => content)).toEqual(['Explain recursion', 'ok']);
  });

  it('is not given turns behind its own, even if it is shown them', async () => {
    const { world, key } = await waiting();
    world.advance(1_000);
    await world.send('Explain iteration');
    world.advance(60_000);
    const past = await world.turns.newest(world.conversation, 10, patience());
    await world.retry({ turns: { newest: async () => past } })(key);
    expect(world.caller.calls.at(-1)?.request.conversationHistory).toEqual([]);
  });
});
