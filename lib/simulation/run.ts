import { type Happening, makeAgentPool } from './agent-pool.ts';
import type { Call, CallOutcome } from './call.ts';
import { chooseForTurn } from './choose-for-turn.ts';
import { makeEventQueue } from './event-queue.ts';
import { makeMonitor } from './monitor.ts';
import type { Choose } from './policies.ts';
import { makeRegistry } from './registry.ts';
import { makeRouterFleet } from './router-fleet.ts';
import { makeRouterInstance } from './router-instance.ts';
import { makeSharedCircuits } from './shared-circuits.ts';
import type { Tally } from './tally.ts';
import type { SimulatedTurn } from './traffic.ts';
import type { World } from './world.ts';

/** When within its minute a run of the monitor shows routers what it saw, ms. */
const PUBLISHED_AT_MS = 30_000;
const MINUTE_MS = 60_000;

/** Agents that a conversation remembers: as many turns as routing reads. */
const PAST_AGENTS = 12;

/** All that is different for each policy, and changes while time goes on. */
const makeState = (world: World, choose: Choose, tally: Tally) => {
  const { scenario, conditions, fleet, roles } = world;
  let nowMs = 0;
  const clock = () => nowMs;
  const happenings = makeEventQueue<Happening>();
  const monitor = makeMonitor();
  const circuits = makeSharedCircuits();
  const routers = makeRouterFleet(scenario.oneTurnAnInstance, () => makeRouterInstance(circuits, clock));
  const registry = makeRegistry(world, monitor.view);
  const pool = makeAgentPool(world, happenings, clock);
  const conversations = new Map<number, readonly string[]>();
  const seen = { roles: new Set(roles) };

  const end = (call: Call, outcome: CallOutcome): void => {
    if (call.isOver) return;
    call.isOver = true;
    const { turn, agent, instance, pass } = call;
    const hasFailed = outcome !== 'answered';
    instance.end(pass, hasFailed ? 'failed' : 'worked');
    routers.release(call.number);
    monitor.count(agent.id, nowMs, nowMs - turn.atMs, hasFailed);
    if (!hasFailed) {
      const before = conversations.get(turn.conversation) ?? [];
      conversations.set(turn.conversation, [agent.id, ...before].slice(0, PAST_AGENTS));
    }
    tally.ended(call, outcome, nowMs);
  };

  return {
    happenings,
    goTo: (atMs: number): void => {
      nowMs = atMs;
    },

    route: (turn: SimulatedTurn): void => {
      const router = routers.take(turn.instance);
      const previousAgents = conversations.get(turn.conversation) ?? [];
      const pass = chooseForTurn(turn, { ...seen, ...router, previousAgents, listing: registry(nowMs) }, choose);
      const agent = pool.find(pass?.agent.definition.agentId ?? '');
      if (pass === undefined || agent === undefined) {
        routers.release(router.number);
        tally.unrouted(turn);
        return;
      }
      tally.routed(turn, agent, previousAgents);
      router.instance.begin(pass);
      pool.send({ turn, agent, ...router, pass, begunAtMs: undefined, isOver: false });
    },

    happen: (happening: Happening): void => {
      const { call } = happening;
      if (happening.kind === 'given_up') {
        end(call, 'timed_out');
        return;
      }
      end(call, happening.hasFailed ? 'failed' : 'answered');
      pool.finish(call);
    },

    /** Agents that are not registered yet are checked as if they were: registering one checks it. */
    monitorAgents: (): void => {
      for (const agent of fleet) monitor.check(agent.id, conditions.of(agent, nowMs)?.isDead ? 'unhealthy' : 'healthy');
      monitor.publish(nowMs);
    },
  };
};

/** Routes all traffic of a world by a policy, and tells the tally what becomes of it. */
export const simulate = (world: World, choose: Choose, tally: Tally): void => {
  const { traffic } = world;
  const { happenings, goTo, route, happen, monitorAgents } = makeState(world, choose, tally);
  monitorAgents();
  let monitorAtMs = PUBLISHED_AT_MS;
  for (let next = 0; next < traffic.length || happenings.nextMs() < Number.POSITIVE_INFINITY; ) {
    const turn = traffic[next];
    const turnAtMs = turn?.atMs ?? Number.POSITIVE_INFINITY;
    const nowMs = Math.min(turnAtMs, happenings.nextMs(), monitorAtMs);
    goTo(nowMs);
    if (nowMs === monitorAtMs) {
      monitorAgents();
      monitorAtMs += MINUTE_MS;
    } else if (turn !== undefined && nowMs === turnAtMs) {
      next += 1;
      route(turn);
    } else {
      const happening = happenings.take();
      if (happening !== undefined) happen(happening);
    }
  }
};
