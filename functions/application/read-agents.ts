import type { AgentView, StatusReply } from '../domain/contract/agent.ts';
import { Failure } from '../domain/contract/failures.ts';
import { storeSignal } from './deadlines.ts';
import type { OpenTurns, Principal, RegisteredAgent, Registry } from './ports.ts';

export interface ReadAgentsDependencies {
  readonly registry: Registry;
  readonly open: OpenTurns;
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const viewOf = ({ definition, health, version }: RegisteredAgent): AgentView => ({
  agentId: definition.agentId,
  agentType: definition.agentType,
  name: definition.name,
  description: definition.description,
  capabilities: definition.capabilities,
  specializations: definition.specializations,
  maxConcurrentRequests: definition.maxConcurrentRequests,
  timeoutSeconds: definition.timeoutSeconds,
  health,
  version,
});

/** What a principal may see of the agents: its tenant's and the global ones. */
export const makeReadAgents = ({ registry, open }: ReadAgentsDependencies) => ({
  list: async ({ tenant }: Principal): Promise<{ agents: AgentView[] }> => ({
    agents: (await registry.agents(tenant, storeSignal())).map(viewOf),
  }),

  /** @throws Failure AGENT_NOT_FOUND */
  get: async ({ tenant }: Principal, agentId: string): Promise<AgentView> => {
    const agents = await registry.agents(tenant, storeSignal());
    const agent = agents.find(({ definition }) => definition.agentId === agentId);
    if (agent === undefined) throw new Failure('AGENT_NOT_FOUND', 'There is no such agent.');
    return viewOf(agent);
  },

  status: async ({ tenant }: Principal): Promise<StatusReply> => {
    const [agents, activeConversations] = await Promise.all([
      registry.agents(tenant, storeSignal()),
      open.activeConversations(tenant, storeSignal()),
    ]);
    return {
      registeredAgents: agents.length,
      activeConversations,
      agents: agents.map(({ definition, health, responseTimeMs, lastCheckMs, lastHealthyMs }) => ({
        agentId: definition.agentId,
        name: definition.name,
        type: definition.agentType,
        capabilities: definition.capabilities,
        health,
        responseTimeMs,
        lastCheck: isoTime(lastCheckMs),
        lastHealthy: isoTime(lastHealthyMs),
      })),
    };
  },
});
