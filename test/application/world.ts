import type { CallMeter, CircuitStore, Registry, RoutableAgent } from '../../functions/application/agent-ports.ts';
import { makeCircuitBreaker } from '../../functions/application/circuits/circuit-breaker.ts';
import { makeCallMeter } from '../../functions/application/health/call-meter.ts';
import type { OpenTurns, TenantRules, TurnStore, UndeliveredQueue } from '../../functions/application/ports.ts';
import { type LocalCalls, makeLocalCalls } from '../../functions/application/turns/local-calls.ts';
import { makeRetryTurn } from '../../functions/application/turns/retry-turn.ts';
import { makeRouteMessage } from '../../functions/application/turns/route-message.ts';
import { makeSweepTurns } from '../../functions/application/turns/sweep-turns.ts';
import type { MessageRequest } from '../../functions/domain/contract/message.ts';
import type { MetricName } from '../../functions/domain/contract/metrics.ts';
import { DELIVERY_POLICY } from '../../functions/domain/delivery/delivery-policy.ts';
import type { ReadIntent } from '../../functions/domain/routing/intent/intent-reading.ts';
import type { CompiledRules } from '../../functions/domain/routing/rules/compile-rules.ts';
import type { CompareMessage } from '../../functions/domain/routing/scoring/compare-profiles.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';
import { SUPERVISOR_POLICY, type SupervisorPolicy } from '../../functions/domain/routing/supervisor.ts';
import type { ConversationKey, Turn } from '../../functions/domain/turn/turn.ts';
import { readIntent as readByModel } from '../routing-model.ts';
import { type AgentScript, makeMemoryAgentCaller } from '../twins/agent-caller.ts';
import { makeMemoryCircuitStore } from '../twins/circuit-store.ts';
import { makeMemoryMeasurementStore } from '../twins/measurement-store.ts';
import { makeMemoryState } from '../twins/memory-state.ts';
import { makeMemoryOpenTurns } from '../twins/open-turns.ts';
import { makeMemoryRegistry } from '../twins/registry.ts';
import { conversationKey, fiveAgents, NOON_MS, patience, principalOf, seededChance } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { makeMemoryTurnStore } from '../twins/turn-store.ts';
import { makeMemoryUndeliveredQueue } from '../twins/undelivered-queue.ts';

/** A function's remaining time that never matters. */
export const AMPLE_MS = 300_000;

/** What one process sees in place of the world's own ports, and how far its clock is off. */
export interface ProcessView {
  readonly turns?: Partial<TurnStore>;
  readonly open?: Partial<OpenTurns>;
  readonly queue?: Partial<UndeliveredQueue>;
  readonly registry?: Partial<Registry & TenantRules>;
  readonly circuits?: Partial<CircuitStore>;
  readonly meter?: CallMeter;
  readonly skewMs?: number;
}

export interface WorldOptions {
  readonly agents?: readonly RoutableAgent[];
  readonly script?: AgentScript;
  readonly rules?: CompiledRules;
  readonly supervision?: SupervisorPolicy;
  /** @default the model that ships */
  readonly readIntent?: ReadIntent;
  /** @default nobody is like anything */
  readonly compare?: CompareMessage;
  /** Of every instance, in place of one for each. */
  readonly calls?: LocalCalls;
}

/** One installation in memory, with a clock that only tests move. */
export const makeWorld = ({
  agents = fiveAgents(),
  script = {},
  rules = [],
  supervision = SUPERVISOR_POLICY,
  readIntent = readByModel,
  compare = () => () => undefined,
  calls,
}: WorldOptions = {}) => {
  const state = makeMemoryState();
  const turns = makeMemoryTurnStore(state);
  const open = makeMemoryOpenTurns(state);
  const queue = makeMemoryUndeliveredQueue();
  const caller = makeMemoryAgentCaller(script);
  const registry = makeMemoryRegistry(agents, rules);
  const circuits = makeMemoryCircuitStore();
  const measurements = makeMemoryMeasurementStore();
  const conversation = conversationKey();
  const metrics = new Map<MetricName, number>();
  const chance = seededChance(99);
  let nowMs = NOON_MS;
  let ticks = 0;
  let minted = 0;

  const measure = (metric: MetricName, value: number) => void metrics.set(metric, (metrics.get(metric) ?? 0) + value);

  /** What an instance keeps from one turn to the next. */
  const makeInstance = (view: ProcessView) => {
    const clock = () => nowMs + (view.skewMs ?? 0);
    minted += 1;
    return {
      calls: calls ?? makeLocalCalls(),
      breaker: makeCircuitBreaker({ circuits: { ...circuits, ...view.circuits }, clock, measure, log: silentLog }),
      meter:
        view.meter ?? makeCallMeter({ store: measurements, instance: `instance-${minted}`, clock, log: silentLog }),
    };
  };

  const dependencies = (view: ProcessView) => ({
    ...makeInstance(view),
    turns: { ...turns, ...view.turns },
    open: { ...open, ...view.open },
    queue: { send: queue.send, ...view.queue },
    registry: { ...registry, ...view.registry },
    caller,
    readIntent,
    compareAgents: async () => compare,
    routingPolicy: ROUTING_POLICY,
    supervision,
    clock: () => nowMs + (view.skewMs ?? 0),
    stopwatch: () => {
      ticks += 1;
      return ticks;
    },
    chance,
    mintId: () => {
      minted += 1;
      return `id-${minted}`;
    },
    policy: DELIVERY_POLICY,
    measure,
    log: silentLog,
  });

  const retry = (view: ProcessView = {}) => makeRetryTurn(dependencies(view));
  const sweep = (view: ProcessView = {}) => {
    const deps = dependencies(view);
    return makeSweepTurns(deps)(deps.clock() + 60_000);
  };
  const stored = async (key: ConversationKey = conversation): Promise<readonly Turn[]> => {
    const { items } = await turns.list(key, 1_000, patience());
    return items.toReversed();
  };

  return {
    ...{ state, turns, open, queue, circuits, measurements, caller, conversation, metrics },
    ...{ dependencies, retry, sweep, stored },
    advance: (ms: number) => {
      nowMs += ms;
    },
    now: () => nowMs,
    /** Sends one message of the world's conversation. */
    send: (message: string, request: Partial<MessageRequest> = {}, view: ProcessView = {}) =>
      makeRouteMessage(dependencies(view))(
        principalOf(conversation),
        { message, conversationId: conversation.conversationId, ...request } as MessageRequest,
        AMPLE_MS,
      ),
    /** Lets sweeper and worker run, minute after minute, as long as a turn is open. */
    recover: async (minutes = 60) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        nowMs += 60_000;
        await sweep();
        const work = retry();
        for (const key of queue.takeAll()) await work(key);
        if ((await stored()).every(({ status }) => status !== 'pending')) return;
      }
      throw new Error('a turn stays open');
    },
  };
};

export type World = ReturnType<typeof makeWorld>;

/** A port call that fails as a store does that cannot be reached. */
export const unreachable = (failure: unknown) => async (): Promise<never> => {
  await Promise.resolve();
  throw failure;
};
