import { describe, expect, it } from 'vitest';
import { makeRetryTurn } from '../../../functions/application/turns/retry-turn.ts';
import { makeRouteMessage } from '../../../functions/application/turns/route-message.ts';
import { makeSweepTurns } from '../../../functions/application/turns/sweep-turns.ts';
import type { MessageRequest } from '../../../functions/domain/contract/message.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { patience, principalOf } from '../../twins/samples.ts';
import { AMPLE_MS, makeWorld, type World } from '../world.ts';
import { type KillSwitch, makeKillSwitch } from './kill-switch.ts';

const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;
const MESSAGE = 'Explain recursion';

/** The world's ports as a process sees them that the switch stops. */
const guarded = (world: World, killSwitch: KillSwitch, skewMs = 0) => {
  const deps = world.dependencies({ skewMs, circuits: killSwitch.wrap('circuits', world.circuits) });
  return {
    ...deps,
    turns: killSwitch.wrap('turns', deps.turns),
    open: killSwitch.wrap('open', deps.open),
    queue: killSwitch.wrap('queue', deps.queue),
    registry: killSwitch.wrap('registry', deps.registry),
    caller: killSwitch.wrap('agent', deps.caller),
  };
};

const route = (world: World, killSwitch: KillSwitch, skewMs = 0): Promise<unknown> =>
  makeRouteMessage(guarded(world, killSwitch, skewMs))(
    principalOf(world.conversation),
    { message: MESSAGE, conversationId: world.conversation.conversationId } as MessageRequest,
    AMPLE_MS,
  );

interface Scenario {
  /** The process that is stopped. */
  readonly run: (world: World, killSwitch: KillSwitch) => Promise<unknown>;
  readonly prepare?: (world: World) => Promise<void>;
  /** Fails this many calls of agents first. */
  readonly failures?: number;
  /** Calls that must be on its path, so that the matrix is known to cover them. */
  readonly path: readonly string[];
  /** Whether the turn was accepted before the process began. */
  readonly acceptedBefore?: boolean;
}

const postponed = async (world: World) => {
  await world.send(MESSAGE);
  world.advance(20 * 60_000);
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a router whose agent answers': {
    run: route,
    path: ['turns.accept', 'turns.newest', 'registry.agents', 'agent.call', 'turns.answer'],
  },
  'a router whose agent fails': {
    run: route,
    failures: 1,
    path: [
      'turns.accept',
      'turns.newest',
      'registry.agents',
      'circuits.read',
      'agent.call',
      'circuits.recordFailure',
      'turns.postpone',
      'queue.send',
    ],
  },
  'a router that probes an agent whose circuit was open': {
    run: route,
    prepare: async (world) => {
      const circuit = { kind: 'open', untilMs: world.now(), openings: 1 } as const;
      await world.circuits.change('global', 'context_analyzer', null, { circuit, mark: 'opened' }, patience());
    },
    path: ['circuits.read', 'circuits.change', 'agent.call', 'turns.answer'],
  },
  'a router whose clock is behind': {
    run: (world, killSwitch) => route(world, killSwitch, -2_000),
    prepare: async (world) => void (await world.send('Explain iteration')),
    path: ['turns.withdraw', 'turns.accept', 'turns.answer'],
  },
  'a worker whose agent answers': {
    run: async (world, killSwitch) => {
      const work = makeRetryTurn(guarded(world, killSwitch));
      for (const key of world.queue.takeAll()) await work(key);
    },
    prepare: postponed,
    failures: 1,
    path: ['turns.claim', 'turns.newest', 'registry.agents', 'agent.call', 'turns.answer'],
    acceptedBefore: true,
  },
  'a worker whose agent fails again': {
    run: async (world, killSwitch) => {
      const work = makeRetryTurn(guarded(world, killSwitch));
      for (const key of world.queue.takeAll()) await work(key);
    },
    prepare: postponed,
    failures: 2,
    path: ['turns.claim', 'turns.newest', 'registry.agents', 'agent.call', 'turns.postpone', 'queue.send'],
    acceptedBefore: true,
  },
  'a sweeper': {
    run: async (world, killSwitch) => {
      world.queue.takeAll();
      const deps = guarded(world, killSwitch);
      await makeSweepTurns(deps)(deps.clock() + 60_000);
    },
    prepare: postponed,
    failures: 1,
    path: ['open.overdue', 'open.release', 'queue.send'],
    acceptedBefore: true,
  },
};

const begin = async ({ prepare, failures = 0 }: Scenario): Promise<World> => {
  let failing = failures;
  const world = makeWorld({
    script: {
      call: (_, { message }) => {
        if (message !== MESSAGE || failing === 0) return answerOf(`answer to ${message}`);
        failing -= 1;
        return FAILED;
      },
    },
  });
  await prepare?.(world);
  return world;
};

const mine = async (world: World) => (await world.stored()).filter(({ request }) => request.message === MESSAGE);

/** Lets everything that still can finish do so. */
const quiesce = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  it('passes the calls that the matrix is about', async () => {
    const world = await begin(scenario);
    const killSwitch = makeKillSwitch();
    await scenario.run(world, killSwitch);
    expect(killSwitch.calls).toEqual(expect.arrayContaining([...scenario.path]));
  });

  it('that is stopped at any call leaves a turn that ends answered once, or none', async () => {
    const dry = makeKillSwitch();
    await scenario.run(await begin(scenario), dry);
    for (const [at, call] of dry.calls.entries())
      for (const moment of ['before', 'after'] as const) {
        const world = await begin(scenario);
        const killSwitch = makeKillSwitch(at, moment);
        void scenario.run(world, killSwitch);
        await killSwitch.stopped;
        await quiesce();
        await world.recover();
        const turns = await mine(world);
        const where = `${moment} call ${at}, ${call}`;
        const atLeast = scenario.acceptedBefore === true ? 1 : 0;
        expect(turns.length, where).toBeGreaterThanOrEqual(atLeast);
        expect(turns.length, where).toBeLessThanOrEqual(1);
        for (const turn of turns)
          expect(turn, where).toMatchObject({ status: 'answered', answer: { content: `answer to ${MESSAGE}` } });
        await world.sweep();
        for (const key of world.queue.takeAll()) await world.retry()(key);
        expect(await mine(world), where).toEqual(turns);
      }
  });
});
