import { observeHealth } from '../domain/health/health.ts';
import { elapsedMs, storeSignal } from './deadlines.ts';
import type { AgentCaller, AgentHealth, AgentStore, Clock, Log, Measure, RegisteredAgent, Stopwatch } from './ports.ts';

export interface MonitorAgentsDependencies {
  readonly agents: AgentStore;
  readonly caller: AgentCaller;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly measure: Measure;
  readonly log: Log;
}

/** The longest that one agent's health check may take. */
const PROBE_TIMEOUT_MS = 5_000;

/** Agents probed at the same time: 500 of which 50 hang take 50 / 64 · 5 s beyond the quick ones. */
const PARALLEL = 64;

/** Checks one agent and says what is now known of its health. */
export const makeProbeAgent =
  (deps: Pick<MonitorAgentsDependencies, 'caller' | 'clock' | 'stopwatch'>) =>
  async (agent: RegisteredAgent): Promise<AgentHealth> => {
    const startedMs = deps.stopwatch();
    const reply = await deps.caller.probe(agent.definition, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    const responseTimeMs = elapsedMs(deps.stopwatch, startedMs);
    const nowMs = deps.clock();
    const seen = reply?.status ?? 'unhealthy';
    return {
      ...observeHealth(agent, seen),
      responseTimeMs: reply === undefined ? null : responseTimeMs,
      lastCheckMs: nowMs,
      lastHealthyMs: seen === 'healthy' ? nowMs : agent.lastHealthyMs,
    };
  };

/** Probes every registered agent and writes what it saw. @returns how many agents were probed */
export const makeMonitorAgents = (deps: MonitorAgentsDependencies) => {
  const probe = makeProbeAgent(deps);
  const check = async (agent: RegisteredAgent): Promise<AgentHealth['health']> => {
    const health = await probe(agent);
    await deps.agents.recordHealth(agent.owner, agent.definition.agentId, health, storeSignal());
    if (health.health !== agent.health)
      deps.log.warn('health changed', { agent_id: agent.definition.agentId, from: agent.health, to: health.health });
    return health.health;
  };

  return async (): Promise<number> => {
    const waiting = [...(await deps.agents.all(storeSignal()))];
    const total = waiting.length;
    let unhealthy = 0;
    const work = async () => {
      for (let agent = waiting.pop(); agent !== undefined; agent = waiting.pop()) {
        const { agentId } = agent.definition;
        await check(agent).then(
          (health) => {
            if (health === 'unhealthy') unhealthy += 1;
          },
          (cause: unknown) => deps.log.error('health not recorded', { agent_id: agentId, cause }),
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, total) }, work));
    deps.measure('AgentsProbed', total);
    deps.measure('AgentsUnhealthy', unhealthy);
    return total;
  };
};
