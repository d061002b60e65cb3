import type { AgentDefinition, Health } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { invalidFields } from '../../domain/contract/parse-input.ts';
import { UNCHECKED } from '../../domain/health/health.ts';
import { checkAgentLimit } from '../../domain/registry/agent-limit.ts';
import { mergeDefinitions } from '../../domain/registry/merge-definitions.ts';
import { referenceProblems, roleProblems } from '../../domain/registry/references.ts';
import type { AgentOwner, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { ProbeAgent } from '../health/probe-agent.ts';
import type { Clock, Log } from '../ports.ts';
import { makeReadOwned, makeReadVisible } from './read-visible.ts';

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
  /** Fields that were left as they are on record. */
  readonly kept: readonly string[];
  /** What others did since that stands against those fields' change; null if it is that they changed them. */
  readonly conflict: string | null;
}

/** In words for the deployer, such as `debugger: updated, healthy; kept as others changed it: description`. */
export const describeDeployed = ({ agentId, outcome, health, reason, kept, conflict }: DeployedAgent): string =>
  [
    outcome === 'deregistered'
      ? `${agentId}: others have deregistered it, and it stays so`
      : `${agentId}: ${outcome}, ${health}${reason === null ? '' : ` (${reason})`}`,
    ...(kept.length === 0 ? [] : [keptInWords(kept, conflict)]),
  ].join('; ');

const keptInWords = (kept: DeployedAgent['kept'], conflict: DeployedAgent['conflict']): string =>
  conflict === null ? `kept as others changed it: ${kept.join(', ')}` : `kept: ${kept.join(', ')}, since ${conflict}`;

/** Other writers that may come first. */
const MAX_TRIES = 3;

/**
 * Brings one agent to what a deployment says, without undoing what others changed since the last one (see
 * `mergeDefinitions`); that somebody deregistered the agent is such a change, and that others name it where its new role
 * may not stand keeps the whole record. A failed health check is told, and recorded of an agent that is new or moved, but
 * never an error: it must not roll a deployment back.
 *
 * @throws Failure INVALID_REQUEST naming a field or the most agents that an owner may have, AGENT_EXISTS, VERSION_STALE
 */
export const makeDeployAgent = (deps: DeployAgentDependencies) => {
  const readOwned = makeReadOwned(deps);
  const readVisible = makeReadVisible(deps);

  const checkReferences = async (owner: AgentOwner, definition: AgentDefinition): Promise<void> => {
    if (definition.backupAgents.length === 0 && definition.subAgents === undefined) return;
    const problems = referenceProblems(definition, await readVisible(owner));
    if (problems.length > 0) throw invalidFields(problems);
  };

  /** Why the agent on record may not have another role; null if it may, or keeps the one that it has. */
  const roleConflict = async (present: RegisteredAgent, next: AgentDefinition): Promise<string | null> => {
    if (next.agentType === present.definition.agentType) return null;
    const problems = roleProblems(next, await readVisible(present.owner));
    return problems.length === 0 ? null : problems.map(({ message }) => message).join('; ');
  };

  /** @returns undefined if another writer was first */
  const write = async (owner: AgentOwner, definition: AgentDefinition, present: RegisteredAgent | undefined) => {
    await checkReferences(owner, definition);
    const isKnown = present?.drainingUntilMs === null && present.definition.endpointUrl === definition.endpointUrl;
    const { state, reason } = await deps.probe({ owner, definition }, isKnown ? present.state : UNCHECKED);
    // What the monitor has found of a known agent since it was read must stay.
    const known = isKnown ? undefined : state;
    const version = await deps.agents.put(owner, definition, known, present?.version ?? 0, storeSignal());
    return version === undefined ? undefined : { health: state.health, reason };
  };

  const attempt = async (deployment: AgentDeployment): Promise<Omit<DeployedAgent, 'agentId'> | undefined> => {
    const { owner, definition, deployed, takesOver } = deployment;
    const present = await deps.agents.get(owner, definition.agentId, storeSignal());
    if (present === undefined || present.drainingUntilMs !== null) {
      if (deployed !== undefined)
        return { outcome: 'deregistered', health: null, reason: null, kept: [], conflict: null };
      checkAgentLimit({ owner, definition }, await readOwned([owner]));
      const written = await write(owner, definition, present);
      return written && { outcome: 'registered', kept: [], conflict: null, ...written };
    }
    const isElsewhere = present.definition.endpointUrl !== definition.endpointUrl;
    if (deployed === undefined && isElsewhere && !takesOver)
      throw new Failure(
        'AGENT_EXISTS',
        `Agent ${definition.agentId} is registered at another endpoint: choose another agent_id, or deregister it first ` +
          `(DELETE /v1/agents/${definition.agentId}${owner === 'global' ? '?visibility=global' : ''}).`,
      );
    const merged = mergeDefinitions(deployed, present.definition, definition);
    const conflict = await roleConflict(present, merged.definition);
    const changed = conflict === null ? merged.changed : [];
    const kept = conflict === null ? merged.kept : [...merged.kept, ...merged.changed].sort();
    if (changed.length === 0)
      return { outcome: 'unchanged', health: present.state.health, reason: null, kept, conflict };
    const written = await write(owner, merged.definition, present);
    return written && { outcome: 'updated', kept, conflict, ...written };
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
