import { isDeepStrictEqual } from 'node:util';
import {
  type AgentDefinition,
  type AgentPatch,
  AgentRegistration,
  StoredAgentDefinition,
} from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { invalidFields, parseInput } from '../../domain/contract/parse-input.ts';
import { UNCHECKED } from '../../domain/health/health.ts';
import { mergePatch } from '../../domain/registry/merge-patch.ts';
import { referenceProblems, roleProblems } from '../../domain/registry/references.ts';
import { allows, hasWeakTag, type VersionCondition } from '../../domain/registry/version-condition.ts';
import type { AgentState, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Log, Principal } from '../ports.ts';
import { type AdministrativeAct, audit } from './audit.ts';
import { type CheckDefinitionDependencies, makeCheckDefinition } from './check-definition.ts';
import { type AgentName, makeFindLive, visibilityOf } from './find-agent.ts';
import { functionRefusal } from './function-refusal.ts';
import { makeReadVisible } from './read-visible.ts';

export interface ChangeAgentDependencies extends CheckDefinitionDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner' | 'put'>;
  readonly log: Log;
}

export interface ChangeOptions {
  /** Versions that the change may start from. */
  readonly condition: VersionCondition;
  /** Takes a change of how the agent is reached unchecked: health is then `unknown`. */
  readonly skipProbe: boolean;
}

/** What is there, and what is to be there instead. */
interface Change {
  readonly current: RegisteredAgent;
  readonly next: AgentDefinition;
}

export const versionStale = (agentId: string, condition: VersionCondition): Failure =>
  new Failure(
    'VERSION_STALE',
    `Agent ${agentId} is not, or no longer, as If-Match says: read it again and send the ETag of that reply.${
      hasWeakTag(condition) ? ' A weak tag (W/"…") never matches: send it without W/.' : ''
    }`,
  );

/** Whether the agent is called in another way than before: all else needs no new check of it. */
const isReachedDifferently = ({ current, next }: Change): boolean => {
  const reach = ({ endpointUrl, healthCheckUrl, credentials }: AgentDefinition) => [
    endpointUrl,
    healthCheckUrl,
    credentials,
  ];
  return !isDeepStrictEqual(reach(current.definition), reach(next));
};

/** The definition that a registration asks for in place of the current one. */
const changeOf = (current: RegisteredAgent, { visibility, ...next }: AgentRegistration): Change => {
  if (next.agentId !== current.definition.agentId)
    throw invalidFields([{ path: 'agent_id', message: `must be ${current.definition.agentId}, as in the path` }]);
  if (visibility !== undefined && visibility !== visibilityOf(current.owner))
    throw invalidFields([{ path: 'visibility', message: 'cannot be changed: register the agent anew' }]);
  return { current, next };
};

/** Applied to the definition as the API writes it; what comes out is checked as if it had been sent whole. */
const patched = (current: RegisteredAgent, patch: AgentPatch): AgentRegistration =>
  parseInput(AgentRegistration, mergePatch(StoredAgentDefinition.encode(current.definition), patch));

/**
 * Changes the definitions of agents.
 * @throws Failure AGENT_NOT_FOUND, FORBIDDEN, VERSION_STALE, INVALID_REQUEST naming the fields, STORE_UNAVAILABLE
 */
export const makeChangeAgent = (deps: ChangeAgentDependencies) => {
  const find = makeFindLive(deps);
  const readVisible = makeReadVisible(deps);
  const check = makeCheckDefinition(deps);

  const checkReferences = async ({ current, next }: Change): Promise<void> => {
    const visible = await readVisible(current.owner);
    const problems = [
      ...referenceProblems(next, visible),
      ...(next.agentType === current.definition.agentType ? [] : roleProblems(next, visible)),
    ];
    if (problems.length > 0) throw invalidFields(problems);
  };

  /** @returns what is then known of an agent that is reached in another way; undefined if it is reached as before */
  const checkChange = async (change: Change, skipProbe: boolean): Promise<AgentState | undefined> => {
    const { current, next } = change;
    const isElsewhere = isReachedDifferently(change);
    if (isElsewhere) await check.reach(current.owner, next);
    await checkReferences(change);
    if (!isElsewhere) return undefined;
    const state = skipProbe ? UNCHECKED : await check.health(current.owner, next);
    return { ...state, minutes: current.state.minutes };
  };

  const apply = async (
    principal: Principal,
    name: AgentName,
    registrationOf: (current: RegisteredAgent) => AgentRegistration,
    { condition, skipProbe }: ChangeOptions,
    act: AdministrativeAct,
  ): Promise<RegisteredAgent> => {
    const current = await find(principal, name);
    if (!allows(condition, current)) throw versionStale(name.agentId, condition);
    const change = changeOf(current, registrationOf(current));
    const refusal = functionRefusal(principal, change.next, current.definition);
    if (refusal !== undefined) throw refusal;
    const state = await checkChange(change, skipProbe);
    const { owner } = current;
    const version = await deps.agents.put(owner, change.next, state, current.version, storeSignal());
    if (version === undefined) throw versionStale(name.agentId, condition);
    audit(deps.log, principal, act, { owner, agentId: name.agentId, version });
    return { ...current, definition: change.next, version, state: state ?? current.state };
  };

  return {
    /** Puts a whole definition in the place of the present one. */
    replace: (principal: Principal, name: AgentName, registration: AgentRegistration, options: ChangeOptions) =>
      apply(principal, name, () => registration, options, 'replace'),

    /** Changes some fields of a definition. */
    patch: (principal: Principal, name: AgentName, patch: AgentPatch, options: ChangeOptions) =>
      apply(principal, name, (current) => patched(current, patch), options, 'change'),
  };
};
