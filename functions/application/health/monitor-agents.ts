import { checkOrder } from '../../domain/health/check-order.ts';
import { withMinutes } from '../../domain/health/minutes.ts';
import type { AgentOwner, AgentStore, MeasurementStore, MonitoredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import { inParallel } from '../in-parallel.ts';
import type { Clock, Log, Measure } from '../ports.ts';
import type { ProbeAgent } from './probe-agent.ts';
import { makeReadRecentCalls, type RecentCalls } from './recent-calls.ts';
import type { RenewProfiles } from './renew-profiles.ts';

export interface MonitorAgentsDependencies {
  readonly agents: Pick<AgentStore, 'all' | 'recordState' | 'publish' | 'remove'>;
  readonly measurements: Pick<MeasurementStore, 'read'>;
  /** Checks one agent, at most 5 s long, and adds what it saw to what was known. */
  readonly probe: ProbeAgent;
  readonly renewProfiles: RenewProfiles;
  readonly clock: Clock;
  readonly measure: Measure;
  readonly log: Log;
}

/** The longest that one agent takes: 5 s for its health check, 5 s to write what it showed. */
const CHECK_MS = 10_000;

/** Kept free to publish what was seen and to remove who has drained. */
const PUBLISH_MS = 10_000;

/**
 * Agents checked at the same time. A run of 50 s has about 25 s in which checks may begin: 500 agents, all of which
 * hang for 5 s, begin within 20 s. Many more would wait for this function's own CPU: their TLS handshakes take it.
 */
const PARALLEL = 100;

/** Owners published at the same time. */
const PARALLEL_OWNERS = 16;

/** What a run has to say of one agent. */
interface Checked {
  readonly agent: MonitoredAgent;
  /** False for one for which there was no time, or whose check was not recorded. */
  readonly isNew: boolean;
}

const makeCheckAgent =
  (deps: MonitorAgentsDependencies, untilMs: number, callsOf: RecentCalls) =>
  async (agent: MonitoredAgent): Promise<Checked> => {
    const { owner, card, version, state: known } = agent;
    if (deps.clock() > untilMs - CHECK_MS) return { agent, isNew: false };
    try {
      const { state: seen, reason, cause } = await deps.probe({ owner, definition: card }, known);
      // Of an agent that is known to be unhealthy it would be said every minute.
      if (reason !== null && known.health !== 'unhealthy')
        deps.log.warn('health check failed', { agent_id: card.agentId, owner, reason, cause });
      const state = { ...seen, minutes: withMinutes(known.minutes, callsOf(owner, card.agentId)) };
      // Who was changed or removed meanwhile was checked by whoever did that, and gets its minutes by the next run.
      if (!(await deps.agents.recordState(owner, card.agentId, version, state, storeSignal())))
        return { agent, isNew: true };
      if (state.health !== known.health)
        deps.log.warn('health changed', {
          agent_id: card.agentId,
          owner,
          from: known.health,
          to: state.health,
          reason: state.reason,
        });
      return { agent: { ...agent, state }, isNew: true };
    } catch (cause) {
      deps.log.error('health not recorded', { agent_id: card.agentId, owner, cause });
      return { agent, isNew: false };
    }
  };

/** Shows routers what is now known of one owner's agents. @returns whether they can see it */
const makePublishOwner =
  (deps: MonitorAgentsDependencies, untilMs: number) =>
  async ([owner, agents]: readonly [AgentOwner, readonly MonitoredAgent[]]): Promise<boolean> => {
    try {
      await deps.agents.publish(owner, agents, AbortSignal.timeout(Math.max(0, untilMs - deps.clock())));
      return true;
    } catch (cause) {
      deps.log.error('agents not published; the next run does it', { owner, cause });
      return false;
    }
  };

const makeRemoveDrained =
  (deps: MonitorAgentsDependencies, untilMs: number) =>
  async ({ owner, card: { agentId }, version }: MonitoredAgent): Promise<void> => {
    const signal = AbortSignal.timeout(Math.max(0, untilMs - deps.clock()));
    const isGone = await deps.agents.remove(owner, agentId, version, signal).catch((cause: unknown) => {
      deps.log.error('drained agent not removed; the next run does it', { agent_id: agentId, owner, cause });
      return false;
    });
    if (isGone) deps.log.info('agent removed: it has drained', { agent_id: agentId, owner });
  };

/**
 * Checks every registered agent, adds up what routers measured of it, records both and shows routers the result.
 *
 * Two runs at the same time do no harm: a state is overwritten whole, from what one run read, so that at worst one
 * check of two is forgotten and none counts twice; minutes are replaced, not added to; publishing compares and swaps;
 * removing needs the version that was read.
 *
 * @param untilMs when the run must be over, by this instance's clock; who was not reached by then is left as it is
 * @returns how many agents were checked
 * @throws Failure STORE_UNAVAILABLE if the agents cannot be read
 */
export const makeMonitorAgents =
  (deps: MonitorAgentsDependencies) =>
  async (untilMs: number): Promise<number> => {
    const [all, callsOf] = await Promise.all([deps.agents.all(storeSignal()), makeReadRecentCalls(deps)()]);
    const checkAgent = makeCheckAgent(deps, untilMs - PUBLISH_MS, callsOf);
    const active = checkOrder(all.filter(({ drainingUntilMs }) => drainingUntilMs === null));
    const results = await inParallel(active, PARALLEL, checkAgent);

    const draining = all.filter(({ drainingUntilMs }) => drainingUntilMs !== null);
    const byOwner = [...Map.groupBy([...results.map(({ agent }) => agent), ...draining], ({ owner }) => owner)];
    const published = await inParallel(byOwner, PARALLEL_OWNERS, makePublishOwner(deps, untilMs));
    const isPublished = new Map(byOwner.map(([owner], index) => [owner, published[index] === true]));

    // Others may still be in routers' sight: a deregistration that died after its first write is known by its record alone.
    const nowMs = deps.clock();
    const drained = draining.filter(
      ({ owner, drainingUntilMs }) => isPublished.get(owner) && (drainingUntilMs ?? nowMs) <= nowMs,
    );
    await inParallel(drained, PARALLEL, makeRemoveDrained(deps, untilMs));

    await deps.renewProfiles(all, untilMs);

    const checked = results.filter(({ isNew }) => isNew);
    const missed = results.length - checked.filter(({ agent }) => isPublished.get(agent.owner)).length;
    if (missed > 0) deps.log.error('agents missed', { missed, registered: results.length });
    deps.measure('AgentsProbed', checked.length);
    deps.measure('AgentsMissed', missed);
    deps.measure('AgentsUnhealthy', results.filter(({ agent }) => agent.state.health === 'unhealthy').length);
    return checked.length;
  };
