import type { AgentDefinition, Health } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { invalidFields } from '../../domain/contract/parse-input.ts';
import { mergeDefinitions } from '../../domain/registry/merge-definitions.ts';
import { referenceProblems } from '../../domain/registry/references.ts';
import type { AgentOwner, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import { type ProbeAgent, UNCHECKED } from '../health/probe-agent.ts';
import type { Clock, Log } from '../ports.ts';
import { makeReadVisible } from './read-visible.ts';

export interface DeployAgentDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner' | 'put'>;
  readonly probe: ProbeAgent;
  readonly clock: Clock;
  readonly log: Log;
}

/** An agent as a deployment wants it. */
export interface AgentDeployment {
  readonly owner: AgentOwner;
  readonly definition: AgentDefinition;
  /** What the last deployment said; undefined if this is the first. */
  readonly deployed: AgentDefinition | undefined;
  /** Whether a first deployment may take the place of an agent that is registered at another endpoint. */
  readonly takesOver: boolean;
}

/** What became of it. */
export interface DeployedAgent {
  readonly agentId: string;
  /** `deregistered`: somebody else did that since the last deployment, and it was left so. */
  readonly outcome: 'registered' | 'updated' | 'unchanged' | 'deregistered';
  readonly health: Health | null;
  /** Why its health check failed just now; null if it did not, or there was none. */
  readonly reason: string | null;
  /** Fields that were left as somebody else has set them. */
  readonly kept: readonly string[];
}

/** In words for the deployer, such as `debugger: updated, healthy; kept as others changed it: description`. */
export const describeDeployed = ({ agentId, outcome, health, reason, kept }: DeployedAgent): string =>
  [
    outcome === 'deregistered'
      ? `${agentId}: others have deregistered it, and it stays so`
      : `${agentId}: ${outcome}, ${health}${reason === null ? '' : ` (${reason})`}`,
    ...(kept.length === 0 ? [] : [`kept as others changed it: ${kept.join(', ')}`]),
  ].join('; ');

/** Other writers that may come first. */
const MAX_TRIES = 3;

/**
 * Brings one agent to what a deployment says, without undoing what others changed since the last one (see
 * `mergeDefinitions`); that somebody deregistered the agent is such a change. A failed health check is recorded and
 * told, never an error: it must not roll a deployment back.
 *
 * @throws Failure INVALID_REQUEST naming a field, AGENT_EXISTS, VERSION_STALE
 */
export const makeDeployAgent = (deps: DeployAgentDependencies) => {
  const readVisible = makeReadVisible(deps);

  const checkReferences = async (owner: AgentOwner, definition: AgentDefinition): Promise<void> => {
    if (definition.backupAgents.length === 0 && definition.subAgents === undefined) return;
    const problems = referenceProblems(definition, await readVisible(owner));
    if (problems.length > 0) throw invalidFields(problems);
  };

  /** @returns undefined if another writer was first */
  const write = async (owner: AgentOwner, definition: AgentDefinition, present: RegisteredAgent | undefined) => {
    await checkReferences(owner, definition);
    const isKnown = present?.drainingUntilMs === null && present.definition.endpointUrl === definition.endpointUrl;
    const { state, reason } = await deps.probe({ owner, definition }, isKnown ? present.state : UNCHECKED);
    const version = await deps.agents.put(owner, definition, state, present?.version ?? 0, storeSignal());
    return version === undefined ? undefined : { health: state.health, reason };
  };

  const attempt = async (deployment: AgentDeployment): Promise<Omit<DeployedAgent, 'agentId'> | undefined> => {
    const { owner, definition, deployed, takesOver } = deployment;
    const present = await deps.agents.get(owner, definition.agentId, storeSignal());
    if (present === undefined || present.drainingUntilMs !== null) {
      if (deployed !== undefined) return { outcome: 'deregistered', health: null, reason: null, kept: [] };
      const written = await write(owner, definition, present);
      return written && { outcome: 'registered', kept: [], ...written };
    }
    const isElsewhere = present.definition.endpointUrl !== definition.endpointUrl;
    if (deployed === undefined && isElsewhere && !takesOver)
      throw new Failure(
        'AGENT_EXISTS',
        `Agent ${definition.agentId} is registered at another endpoint: deregister it first, or choose another agent_id.`,
      );
    const merged = mergeDefinitions(deployed, present.definition, definition);
    const { kept } = merged;
    if (merged.changed.length === 0) return { outcome: 'unchanged', health: present.state.health, reason: null, kept };
    const written = await write(owner, merged.definition, present);
    return written && { outcome: 'updated', kept, ...written };
  };

  return async (deployment: AgentDeployment): Promise<DeployedAgent> => {
    const { agentId } = deployment.definition;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const done = await attempt(deployment);
      if (done === undefined) continue;
      const isAsked = done.kept.length === 0 && done.outcome !== 'deregistered' && done.reason === null;
      deps.log[isAsked ? 'info' : 'warn']('agent deployed', { agent_id: agentId, owner: deployment.owner, ...done });
      return { agentId, ...done };
    }
    throw new Failure('VERSION_STALE', `Agent ${agentId} is being changed by others; deploy again.`);
  };
};
