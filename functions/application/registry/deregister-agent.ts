import type { DeregisterReply } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { referencesTo } from '../../domain/registry/references.ts';
import { allows, type VersionCondition } from '../../domain/registry/version-condition.ts';
import type { AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log, Principal } from '../ports.ts';
import { audit } from './audit.ts';
import { versionStale } from './change-agent.ts';
import { type AgentName, makeFindChangeable } from './find-agent.ts';
import { makeReadVisible } from './read-visible.ts';

export interface DeregisterAgentDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner' | 'drain'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until every router has seen that an agent is gone. */
const SEEN_MS = 5_000;

/** Between a call's end and the moment when its turn is recorded, and clocks that differ. */
const MARGIN_MS = 6_000;

/** When the last turn is over that an agent may still get. */
export const drainedAtMs = (timeoutSeconds: number, nowMs: number): number =>
  nowMs + SEEN_MS + timeoutSeconds * 1000 + MARGIN_MS;

/** Changes that one deregistration may lose against when it does not say which version it means. */
const MAX_TRIES = 5;

/**
 * Takes an agent out of routing; turns at work finish, then it is gone. Done again, it tells routers again, of whom some
 * may have heard nothing, and says the same.
 *
 * @param condition versions that may be deregistered; of no meaning once the agent drains
 * @returns when it is gone, and which agents that the principal sees still name it
 * @throws Failure AGENT_NOT_FOUND, FORBIDDEN, VERSION_STALE, STORE_UNAVAILABLE
 */
export const makeDeregisterAgent = (deps: DeregisterAgentDependencies) => {
  const find = makeFindChangeable(deps);
  const readVisible = makeReadVisible(deps);

  /** @returns until when it drains; undefined if another writer was first */
  const drain = async (
    principal: Principal,
    agent: RegisteredAgent,
    condition: VersionCondition,
  ): Promise<number | undefined> => {
    const { owner, version, definition, drainingUntilMs } = agent;
    const { agentId, timeoutSeconds } = definition;
    if (drainingUntilMs === null && !allows(condition, agent)) throw versionStale(agentId, condition);
    const untilMs = drainingUntilMs ?? drainedAtMs(timeoutSeconds, deps.clock());
    const drained = await deps.agents.drain(owner, agentId, version, untilMs, storeSignal());
    if (drained === undefined) return undefined;
    audit(deps.log, principal, 'deregister', { owner, agentId, version: drained });
    return untilMs;
  };

  return async (principal: Principal, name: AgentName, condition: VersionCondition): Promise<DeregisterReply> => {
    // Read first: behind an error, nothing is done.
    const references = referencesTo(name.agentId, await readVisible(principal.tenant));
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const untilMs = await drain(principal, await find(principal, name), condition);
      if (untilMs !== undefined)
        return { agentId: name.agentId, drainingUntil: new Date(untilMs).toISOString(), references };
    }
    throw new Failure('STORE_UNAVAILABLE', 'The agent is being changed all the time.', { retryAfterSeconds: 1 });
  };
};
