import { describe, expect, it } from 'vitest';
import type { PastTurn } from '../../../functions/application/ports.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { CIRCUIT_POLICY } from '../../../functions/domain/delivery/circuit.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { agentDefinition, fiveAgents, patience, routableAgent } from '../../twins/samples.ts';
import { makeWorld, unreachable, type World } from '../world.ts';

const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');

/** Agents of the role that the message is for, before the one that works by their names. */
const CANDIDATES = Array.from({ length: 20 }, (_, index) => `a${String(index).padStart(2, '0')}`);

/** A circuit that lets one call through now. */
const openCircuit = async (world: World, agentId: string) => {
  const circuit = { kind: 'open', untilMs: world.now(), openings: 1 } as const;
  await world.circuits.change('global', agentId, null, { circuit, mark: 'opened' }, patience());
};

const circuitOf = async (world: World, agentId: string) =>
  (await world.circuits.read('global', world.now(), 'strong', patience())).get(agentId)?.circuit;

/** A world with many agents that wait for a probe, and one whose circuit is closed. */
const worldOfWaiting = async () => {
  const waiting = CANDIDATES.map((agentId) => routableAgent(agentDefinition(agentId, 'context_analyzer')));
  const world = makeWorld({ agents: [...fiveAgents(), ...waiting] });
  for (const agentId of CANDIDATES) await openCircuit(world, agentId);
  return world;
};

describe('a probe that is to be leased from a slow store', () => {
  it('survives: after one that takes long no other is tried, and who needs none gets the turn', async () => {
    const world = await worldOfWaiting();
    let tries = 0;
    const change = async () => {
      tries += 1;
      world.advance(5_000);
      throw DOWN;
    };
    const reply = await world.send('Explain recursion', {}, { circuits: { change } });
    expect(reply).toMatchObject({ status: 'answered', targetAgent: 'context_analyzer' });
    expect(tries).toBe(1);
  });

  it('ends with the deadline of the turn', async () => {
    const world = await worldOfWaiting();
    const startedMs = performance.now();
    const change: World['circuits']['change'] = async (_owner, _agentId, _expected, _next, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      world.advance(100);
      throw DOWN;
    };
    await world.send('Explain recursion', { deadlineMs: 100 }, { circuits: { change } });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('outlasts its call, however late that begins', async () => {
    let leftMs = 0;
    const world = makeWorld({
      script: {
        call: async (_, { agentMetadata, conversationHistory }) => {
          const circuit = await circuitOf(world, 'context_analyzer');
          if (conversationHistory.length > 0 && circuit?.kind === 'half_open')
            leftMs = circuit.untilMs - (world.now() + agentMetadata.deadlineMs);
          return answerOf('fine');
        },
      },
    });
    await world.send('Explain recursion');
    await openCircuit(world, 'context_analyzer');
    const change: World['circuits']['change'] = async (...call) => {
      world.advance(5_000);
      return world.circuits.change(...call);
    };
    const newest: World['turns']['newest'] = async (...call) =>
      (await world.turns.newest(...call)).map((past) => ({
        ...past,
        read: async (signal) => {
          world.advance(5_000);
          return past.read(signal);
        },
      }));
    await world.send('Explain recursion', { deadlineMs: 120_000 }, { circuits: { change }, turns: { newest } });
    expect(leftMs).toBeGreaterThanOrEqual(CIRCUIT_POLICY.clockSkewMs);
  });

  it('that others were quicker to get is no reason to stop', async () => {
    const world = await worldOfWaiting();
    let tries = 0;
    const change = async () => {
      tries += 1;
      return false;
    };
    const reply = await world.send('Explain recursion', {}, { circuits: { change } });
    expect(reply).toMatchObject({ status: 'answered', targetAgent: 'context_analyzer' });
    expect(tries).toBe(CANDIDATES.length);
  });
});

describe('a turn whose history cannot be read', () => {
  const unreadable = (world: World) => async (): Promise<readonly PastTurn[]> => {
    const past = await world.turns.newest(world.conversation, 12, patience());
    return past.map((turn) => ({ ...turn, read: unreachable(DOWN) }));
  };

  it('survives, and holds no probe of its agent', async () => {
    const world = makeWorld({ script: { call: () => answerOf('fine') } });
    await world.send('Explain recursion');
    await openCircuit(world, 'context_analyzer');
    const reply = await world.send('Explain recursion', {}, { turns: { newest: unreadable(world) } });
    expect(reply).toMatchObject({ status: 'pending', reason: 'STORE_UNAVAILABLE' });
    expect((await circuitOf(world, 'context_analyzer'))?.kind).toBe('open');
    expect(await world.send('Explain recursion')).toMatchObject({ status: 'answered' });
  });
});

describe('a turn that was accepted slowly', () => {
  const slowAccept = (world: World, ms: number) => ({
    accept: async (...call: Parameters<World['turns']['accept']>) => {
      await world.turns.accept(...call);
      world.advance(ms);
    },
  });

  it('reads the circuits once, beside the other calls', async () => {
    const world = makeWorld();
    const read: string[] = [];
    const circuits: Partial<World['circuits']> = {
      read: (...call) => {
        read.push(call[0]);
        return world.circuits.read(...call);
      },
    };
    const reply = await world.send('Explain recursion', {}, { turns: slowAccept(world, 3_000), circuits });
    expect(reply).toMatchObject({ status: 'answered' });
    expect(read).toEqual([world.conversation.tenant, 'global']);
  });

  it('calls no agent when the time is over', async () => {
    const world = makeWorld();
    const view = { turns: slowAccept(world, 5_000) };
    const reply = await world.send('Explain recursion', { deadlineMs: 4_000 }, view);
    expect(reply).toMatchObject({ status: 'pending', reason: 'DEADLINE_EXCEEDED' });
    expect(world.caller.calls).toEqual([]);
    await world.recover();
    expect(await world.stored()).toMatchObject([{ status: 'answered' }]);
  });
});

describe('a report of how a call ended', () => {
  it('has one deadline for all that it writes', async () => {
    const world = makeWorld({ script: { call: () => ({ kind: 'failed', reason: 'broken', cause: undefined }) } });
    const signals: AbortSignal[] = [];
    const circuits: Partial<World['circuits']> = {
      recordFailure: async (_owner, _agentId, _call, signal) => void signals.push(signal),
      read: async (owner) => {
        const samples = [{ atMs: world.now(), failures: 9, successes: 0 }];
        const isSeen = owner === 'global' && signals.length > 0;
        return new Map(
          isSeen ? [['context_analyzer', { circuit: { kind: 'closed', sinceMs: 0, samples }, mark: null }]] : [],
        );
      },
      change: async (_owner, _agentId, _expected, _next, signal) => {
        signals.push(signal);
        return true;
      },
    };
    await world.send('Explain recursion', {}, { circuits });
    expect(signals).toHaveLength(2);
    expect(signals[1]).toBe(signals[0]);
  });
});
