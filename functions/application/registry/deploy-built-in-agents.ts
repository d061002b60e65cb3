import type { AgentDefinition } from '../../domain/contract/agent.ts';
import type { DeployedAgent, makeDeployAgent } from './deploy-agent.ts';
import type { makeWithdrawAgent } from './withdraw-agent.ts';

export interface DeployBuiltInAgentsDependencies {
  readonly deployAgent: ReturnType<typeof makeDeployAgent>;
  readonly withdrawAgent: ReturnType<typeof makeWithdrawAgent>;
}

/**
 * Brings the global agents that come with Switchboard to what this deployment says, and withdraws those that the last
 * one had and this one has not: returns once their last turns are over. One agent's failure stops no other.
 *
 * @param deployed what the last deployment said; undefined if this is the first
 * @throws the first failure, once all are done
 */
export const makeDeployBuiltInAgents =
  ({ deployAgent, withdrawAgent }: DeployBuiltInAgentsDependencies) =>
  async (
    definitions: readonly AgentDefinition[],
    deployed: readonly AgentDefinition[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly DeployedAgent[]> => {
    const of = (agents: readonly AgentDefinition[] | undefined, { agentId }: AgentDefinition) =>
      agents?.find((agent) => agent.agentId === agentId);
    const gone = deployed?.filter((agent) => of(definitions, agent) === undefined) ?? [];
    const [results, withdrawn] = await Promise.all([
      Promise.allSettled(
        definitions.map((definition) =>
          deployAgent({ owner: 'global', definition, deployed: of(deployed, definition), takesOver: true }),
        ),
      ),
      Promise.allSettled(gone.map((agent) => withdrawAgent({ owner: 'global', ...agent }, signal))),
    ]);
    const failed = [...results, ...withdrawn].find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  };
