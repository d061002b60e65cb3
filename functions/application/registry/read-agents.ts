import type { AgentList } from '../../domain/contract/agent.ts';
import type { AgentQuery } from '../../domain/contract/agent-routes.ts';
import type { AgentStatus, StatusReply } from '../../domain/contract/agent-status.ts';
import { uptimeOf } from '../../domain/health/health.ts';
import { performanceOf } from '../../domain/health/performance.ts';
import { byId, findAgents } from '../../domain/registry/find-agents.ts';
import { visibleAgents } from '../../domain/registry/visible-agents.ts';
import type { AgentStore, ReadCircuits, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, OpenTurns, Principal } from '../ports.ts';
import { agentViewOf, drainingUntilOf } from './agent-view.ts';
import { isOfPlatform, makeFindAgent } from './find-agent.ts';
import { makeReadOwned } from './read-visible.ts';

export interface ReadAgentsDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner'>;
  readonly circuits: ReadCircuits;
  readonly open: Pick<OpenTurns, 'activeConversations'>;
  readonly clock: Clock;
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const statusOf = (
  principal: Principal,
  agent: RegisteredAgent,
  circuit: AgentStatus['circuit'],
  nowMs: number,
): AgentStatus => {
  const { definition, state, owner } = agent;
  const isOthers = owner === 'global' && !isOfPlatform(principal);
  return {
    agentId: definition.agentId,
    name: definition.name,
    type: definition.agentType,
    capabilities: definition.capabilities,
    health: state.health,
    healthReason: state.reason,
    uptime: uptimeOf(state),
    responseTimeMs: state.responseTimeMs,
    lastCheck: isoTime(state.lastCheckMs),
    lastHealthy: isoTime(state.lastHealthyMs),
    ...performanceOf(state.minutes, nowMs),
    ...(isOthers ? { calls: null, inFlight: null } : {}),
    circuit,
    ...drainingUntilOf(agent),
  };
};

/**
 * What a principal may see of the agents: its tenant's and the global ones, as they are on record, so that who
 * registered an agent sees it at once. All methods throw Failure STORE_UNAVAILABLE.
 */
export const makeReadAgents = (deps: ReadAgentsDependencies) => {
  const readOwned = makeReadOwned(deps);
  const find = makeFindAgent(deps);
  /** Those that drain too: until an agent is gone, it is shown, in the place of a global one of the same id. */
  const readVisible = async ({ tenant }: Principal) => visibleAgents(tenant, await readOwned([tenant, 'global']));
  return {
    /** @throws Failure INVALID_REQUEST if no page gave the query's cursor */
    list: async (principal: Principal, query: AgentQuery): Promise<AgentList> => {
      const visible = await readVisible(principal);
      const { items, next } = findAgents(visible.values(), query);
      const agents = items.map((agent) => agentViewOf(principal, agent));
      return next === undefined ? { agents } : { agents, next };
    },

    /** The whole record: `agentViewOf` is what the principal may see of it. @throws Failure AGENT_NOT_FOUND */
    get: find,

    status: async (principal: Principal): Promise<StatusReply> => {
      const { tenant } = principal;
      const [visible, own, global, activeConversations] = await Promise.all([
        readVisible(principal),
        deps.circuits(tenant, storeSignal()),
        deps.circuits('global', storeSignal()),
        deps.open.activeConversations(tenant, storeSignal()),
      ]);
      const nowMs = deps.clock();
      const circuitOf = ({ owner, definition }: RegisteredAgent): AgentStatus['circuit'] =>
        (owner === 'global' ? global : own).get(definition.agentId) ?? 'closed';
      const agents = [...visible.values()]
        .sort(byId)
        .map((agent) => statusOf(principal, agent, circuitOf(agent), nowMs));
      return { registeredAgents: agents.length, activeConversations, agents };
    },
  };
};
