import { describe, expect, it } from 'vitest';
import { makeCircuitBreaker } from '../../../functions/application/circuits/circuit-breaker.ts';
import { makeReadCircuits } from '../../../functions/application/circuits/read-circuits.ts';
import { makePreviewRoute } from '../../../functions/application/turns/preview-route.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { AgentId } from '../../../functions/domain/contract/ids.ts';
import type { MetricName } from '../../../functions/domain/contract/metrics.ts';
import { CIRCUIT_POLICY } from '../../../functions/domain/delivery/circuit.ts';
import { answerOf, type Behaviour } from '../../twins/agent-caller.ts';
import { makeMemoryCircuitStore } from '../../twins/circuit-store.ts';
import {
  agentDefinition,
  fiveAgents,
  freshTenant,
  NOON_MS,
  patience,
  principalOf,
  routableAgent,
} from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';
import { makeWorld, unreachable, type World } from '../world.ts';

const FAILED = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;
const BUSY = { kind: 'busy', reason: 'too much to do', cause: undefined } as const;
const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');
const { minFailures, openMs } = CIRCUIT_POLICY;

/** A world whose agents behave as `be` says; each turn is the work of an instance that just started. */
const worldThat = (first: Behaviour) => {
  let behaviour = first;
  const world = makeWorld({ script: { call: () => behaviour } });
  const be = (next: Behaviour) => {
    behaviour = next;
  };
  const fail = async (times: number) => {
    be(FAILED);
    for (let time = 0; time < times; time += 1) await world.send('Explain recursion');
  };
  return { world, be, fail };
};

const statesOf = (world: World) =>
  makeReadCircuits({ circuits: world.circuits, clock: world.now })('global', patience());

describe('an agent that keeps failing', () => {
  it('is not called until its time is over, then once, and after it has recovered every time', async () => {
    const { world, be, fail } = worldThat(FAILED);
    await fail(minFailures);
    expect(world.caller.calls).toHaveLength(minFailures);
    expect(world.metrics.get('CircuitsOpened')).toBe(1);
    expect(await statesOf(world)).toEqual(new Map([['context_analyzer', 'open']]));

    const refused = await world.send('Explain recursion');
    expect(refused).toMatchObject({ status: 'pending', reason: 'NO_AGENT_AVAILABLE' });
    world.advance(openMs - 1);
    await world.send('Explain recursion');
    expect(world.caller.calls).toHaveLength(minFailures);

    world.advance(1);
    expect(await statesOf(world)).toEqual(new Map([['context_analyzer', 'half_open']]));
    await world.send('Explain recursion');
    expect(world.caller.calls).toHaveLength(minFailures + 1);
    world.advance(openMs);
    await world.send('Explain recursion');
    expect(world.caller.calls).toHaveLength(minFailures + 1);

    world.advance(openMs);
    be(answerOf('recovered'));
    expect(await world.send('Explain recursion')).toMatchObject({ response: { content: 'recovered' } });
    expect(await statesOf(world)).toEqual(new Map());
    expect(await world.send('Explain recursion')).toMatchObject({ response: { content: 'recovered' } });
    expect(world.metrics.get('CircuitsOpened')).toBe(1);
  });

  it('opens again only by new failures after it has recovered', async () => {
    const { world, be, fail } = worldThat(FAILED);
    await fail(minFailures);
    world.advance(openMs);
    be(answerOf('recovered'));
    await world.send('Explain recursion');
    await fail(minFailures - 1);
    expect(await statesOf(world)).toEqual(new Map());
    world.advance(CIRCUIT_POLICY.bucketMs);
    await fail(minFailures);
    expect(await statesOf(world)).toEqual(new Map([['context_analyzer', 'open']]));
  });

  it('is refused also when it is pinned, and the dry run says why', async () => {
    const { world, fail } = worldThat(FAILED);
    await fail(minFailures);
    const calls = world.caller.calls.length;
    const agentId = AgentId.parse('context_analyzer');
    expect(await world.send('Explain recursion', { agentId })).toMatchObject({ reason: 'NO_AGENT_AVAILABLE' });
    expect(world.caller.calls).toHaveLength(calls);
    const preview = makePreviewRoute(world.dependencies({}));
    const decision = await preview(principalOf(world.conversation), { message: 'Explain recursion', agentId });
    expect(decision.targetAgent).toBeNull();
    expect(decision.candidates[0]).toMatchObject({ agentId, rejected: 'circuit_open' });
  });

  it('gives way to another of its role', async () => {
    const spare = routableAgent(agentDefinition('zz_spare', 'context_analyzer'), { health: 'degraded' });
    const world = makeWorld({
      agents: [...fiveAgents(), spare],
      script: { call: ({ agentId }) => (agentId === 'zz_spare' ? answerOf('spare') : FAILED) },
    });
    for (let time = 0; time < minFailures; time += 1) await world.send('Explain recursion');
    const reply = await world.send('Explain recursion');
    expect(reply).toMatchObject({ targetAgent: 'zz_spare', response: { content: 'spare' } });
    if (reply.status !== 'answered') throw new Error('it is answered');
    const candidate = reply.routing.candidates.find(({ agentId }) => agentId === 'context_analyzer');
    expect(candidate?.rejected).toBe('circuit_open');
  });

  it('is not handed over to', async () => {
    const { world, be, fail } = worldThat(FAILED);
    await fail(minFailures);
    be({
      kind: 'answered',
      answer: { content: 'not mine', handoff: { agentType: 'context_analyzer', reason: 'x' } },
    } as never);
    expect(await world.send('fix this crash')).toMatchObject({
      targetAgent: 'debugger',
      response: { content: 'not mine' },
    });
  });
});

describe('what does not break an agent', () => {
  it('is to be busy', async () => {
    const { world } = worldThat(BUSY);
    for (let time = 0; time < 3 * minFailures; time += 1) await world.send('Explain recursion');
    expect(world.caller.calls).toHaveLength(3 * minFailures);
    expect(world.circuits.writes).toEqual([]);
    expect(world.metrics.get('AttemptsFailed')).toBeUndefined();
  });

  it('is a caller with less patience than it needs', async () => {
    const { world } = worldThat('hang');
    const impatient = Array.from({ length: 2 * minFailures }, () =>
      world.send('Explain recursion', { deadlineMs: 100 }),
    );
    await Promise.all(impatient);
    expect(world.circuits.writes).toEqual([]);
  });

  it('is to work: nothing is written for calls that succeed', async () => {
    const { world } = worldThat(answerOf('fine'));
    for (let time = 0; time < 20; time += 1) await world.send('Explain recursion');
    expect(world.circuits.writes).toEqual([]);
  });

  it('is a failure now and then: one write each', async () => {
    const { world, fail } = worldThat(FAILED);
    for (let time = 0; time < 10; time += 1) {
      await fail(1);
      world.advance(10_000);
    }
    expect(world.circuits.writes).toEqual(Array.from({ length: 10 }, () => 'recordFailure'));
    expect(await statesOf(world)).toEqual(new Map());
  });
});

describe('a circuit store that cannot be reached', () => {
  const down = unreachable(DOWN);

  it('survives: turns are delivered as if every circuit were closed', async () => {
    const { world, be } = worldThat(FAILED);
    const view = { circuits: { read: down, recordFailure: down, change: down } };
    for (let time = 0; time < 2 * minFailures; time += 1) await world.send('Explain recursion', {}, view);
    expect(world.caller.calls).toHaveLength(2 * minFailures);
    be(answerOf('fine'));
    expect(await world.send('Explain recursion', {}, view)).toMatchObject({ status: 'answered' });
  });

  it('lets nobody probe: without a lease two could', async () => {
    const { world, be, fail } = worldThat(FAILED);
    await fail(minFailures);
    world.advance(openMs);
    be(answerOf('recovered'));
    expect(await world.send('Explain', {}, { circuits: { change: down } })).toMatchObject({ status: 'pending' });
    expect(world.caller.calls).toHaveLength(minFailures);
  });
});

/** Instances that share a store and a clock. */
const fleet = (size: number, errorRate: number | null = null) => {
  const store = makeMemoryCircuitStore();
  const metrics: MetricName[] = [];
  let nowMs = NOON_MS;
  let reads = 0;
  let isDown = false;
  const circuits: typeof store = {
    ...store,
    read: async (...call) => {
      reads += 1;
      if (isDown) throw DOWN;
      return store.read(...call);
    },
  };
  const deps = {
    circuits,
    clock: () => nowMs,
    measure: (metric: MetricName) => void metrics.push(metric),
    log: silentLog,
  };
  const instances = Array.from({ length: size }, () => makeCircuitBreaker(deps));
  const tenant = freshTenant();
  const agent = routableAgent(agentDefinition('helper', 'debugger'), { owner: tenant, errorRate });
  let calls = 0;
  type Instance = (typeof instances)[number];
  const admit = async (instance: Instance) => {
    await instance.refresh(tenant);
    if ((await instance.refused([agent])).size > 0) return undefined;
    calls += 1;
    return instance.admit(agent, `call-${calls}`, nowMs + 5_000);
  };
  const call = async (instance: Instance, kind: 'answered' | 'failed' | 'busy') => {
    const pass = await admit(instance);
    if (pass !== undefined) await instance.report(pass, { kind, hadMs: 30_000, timeoutMs: 30_000 });
    return pass !== undefined;
  };
  return {
    ...{ store, metrics, instances, admit, call, tenant },
    reads: () => reads,
    advance: (ms: number) => {
      nowMs += ms;
    },
    goDown: () => {
      isDown = true;
    },
  };
};

describe('many instances', () => {
  it('open a circuit once, however many of them see the fifth failure', async () => {
    const { store, metrics, instances, call } = fleet(12);
    await Promise.all(instances.map((instance) => call(instance, 'failed')));
    expect(metrics).toEqual(['CircuitsOpened']);
    expect(store.writes.filter((write) => write === 'recordFailure')).toHaveLength(12);
  });

  it('add up what each of them saw', async () => {
    const { metrics, instances, call } = fleet(minFailures);
    for (const instance of instances) {
      expect(metrics).toEqual([]);
      await call(instance, 'failed');
    }
    expect(metrics).toEqual(['CircuitsOpened']);
  });

  it('take successes before a failure into account', async () => {
    const { metrics, instances, call } = fleet(10);
    for (const instance of instances) {
      for (let time = 0; time < 2; time += 1) await call(instance, 'answered');
      await call(instance, 'failed');
    }
    expect(metrics).toEqual([]);
    for (const instance of instances) await call(instance, 'failed');
    expect(metrics).toEqual(['CircuitsOpened']);
  });

  it.each([
    [0.05, 0],
    [0.9, 1],
    [null, 1],
  ])('that have just started go by what others measured: error rate %s', async (errorRate, opened) => {
    const { metrics, instances, call, advance } = fleet(12, errorRate);
    for (const instance of instances) await call(instance, 'failed');
    expect(metrics).toHaveLength(opened);
    for (let round = 0; round < 2; round += 1) {
      advance(CIRCUIT_POLICY.bucketMs);
      for (const instance of instances) await call(instance, 'failed');
    }
    expect(metrics).toEqual(['CircuitsOpened']);
  });

  it('forget their successes after a while', async () => {
    const { metrics, instances, call, advance } = fleet(minFailures);
    for (const instance of instances) for (let time = 0; time < 3; time += 1) await call(instance, 'answered');
    advance(CIRCUIT_POLICY.successMemoryMs + 1);
    for (const instance of instances) await call(instance, 'failed');
    expect(metrics).toEqual(['CircuitsOpened']);
  });

  it('write nothing for calls that fail after the circuit opened', async () => {
    const { store, instances, admit, call } = fleet(1);
    const [instance] = instances;
    if (instance === undefined) throw new Error('there is an instance');
    const late = await admit(instance);
    if (late === undefined) throw new Error('the circuit is closed');
    for (let time = 0; time < minFailures; time += 1) await call(instance, 'failed');
    const before = store.writes.length;
    await instance.report(late, { kind: 'failed', hadMs: 30_000, timeoutMs: 30_000 });
    expect(store.writes).toHaveLength(before);
  });

  it('send exactly one probe, and all call again when it worked', async () => {
    const { instances, admit, call, advance } = fleet(12);
    for (const instance of instances.slice(0, minFailures)) await call(instance, 'failed');
    advance(openMs);
    const passes = await Promise.all(instances.map(admit));
    const prober = passes.findIndex((pass) => pass !== undefined);
    expect(passes.filter((pass) => pass !== undefined)).toHaveLength(1);
    advance(1_000);
    const [instance, pass] = [instances[prober], passes[prober]];
    if (instance === undefined || pass === undefined) throw new Error('one of them probes');
    await instance.report(pass, { kind: 'answered', hadMs: 30_000, timeoutMs: 30_000 });
    advance(2_000);
    expect(await Promise.all(instances.map((each) => call(each, 'answered')))).toEqual(instances.map(() => true));
  });

  it('survive a prober that dies: another probes when its lease is over', async () => {
    const { instances, admit, call, advance } = fleet(8);
    for (const instance of instances.slice(0, minFailures)) await call(instance, 'failed');
    advance(openMs);
    const first = (await Promise.all(instances.map(admit))).findIndex((pass) => pass !== undefined);
    advance(5_000 + CIRCUIT_POLICY.probeMarginMs - 1);
    expect((await Promise.all(instances.map(admit))).filter((pass) => pass !== undefined)).toEqual([]);
    advance(1);
    const second = await Promise.all(instances.map(admit));
    expect(second.filter((pass) => pass !== undefined)).toHaveLength(1);
    expect(first).toBeGreaterThanOrEqual(0);
  });

  it('let another probe at once when the agent was busy', async () => {
    const { instances, call, advance } = fleet(minFailures);
    for (const instance of instances) await call(instance, 'failed');
    advance(openMs);
    const [first, second] = instances;
    if (first === undefined || second === undefined) throw new Error('there are instances');
    expect(await call(first, 'busy')).toBe(true);
    advance(2_000);
    expect(await call(second, 'answered')).toBe(true);
  });

  it('hear of an open circuit within 2 s, and read no oftener', async () => {
    const { instances, admit, call, advance, reads } = fleet(minFailures + 1);
    const listener = instances.at(-1);
    if (listener === undefined) throw new Error('there are instances');
    await admit(listener);
    advance(1_000);
    for (const instance of instances.slice(0, minFailures)) await call(instance, 'failed');
    const before = reads();
    advance(999);
    expect(await admit(listener)).toBeDefined();
    expect(reads()).toBe(before);
    advance(1);
    expect(await admit(listener)).toBeUndefined();
  });

  it('keep to what they knew last when the store is down', async () => {
    const { instances, admit, call, advance, goDown } = fleet(minFailures);
    for (const instance of instances) await call(instance, 'failed');
    goDown();
    advance(openMs - 1);
    const [, , , , last] = instances;
    if (last === undefined) throw new Error('there are instances');
    expect(await admit(last)).toBeUndefined();
  });
});
