import { Failure } from '../../domain/contract/failures.ts';
import type { AgentOwner, AgentStore } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log } from '../ports.ts';
import { drainedAtMs } from './deregister-agent.ts';

export interface WithdrawAgentDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'drain' | 'remove'>;
  readonly clock: Clock;
  /** Resolves after `ms`; rejects when `signal` aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** Other writers that may come first. */
const MAX_TRIES = 3;

/**
 * Deregisters an agent whose function is about to go: returns once its last turn is over. An agent that is no longer at
 * this endpoint has become somebody else's and is left alone.
 *
 * @throws Failure DEADLINE_EXCEEDED if `signal` aborts before the last turn is over
 */
export const makeWithdrawAgent = (deps: WithdrawAgentDependencies) => {
  /** @returns the version that drains and until when; undefined if nothing is to be withdrawn */
  const drain = async (owner: AgentOwner, agentId: string, endpointUrl: string) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const present = await deps.agents.get(owner, agentId, storeSignal());
      if (present === undefined) return undefined;
      if (present.definition.endpointUrl !== endpointUrl) {
        deps.log.warn('agent left registered: it is at another endpoint now', { agent_id: agentId, owner });
        return undefined;
      }
      const { version, drainingUntilMs } = present;
      if (drainingUntilMs !== null) return { version, untilMs: drainingUntilMs };
      const untilMs = drainedAtMs(present.definition.timeoutSeconds, deps.clock());
      const drained = await deps.agents.drain(owner, agentId, version, untilMs, storeSignal());
      if (drained !== undefined) return { version: drained, untilMs };
    }
    throw new Failure('VERSION_STALE', `Agent ${agentId} is being changed by others; try again.`);
  };

  return async (
    { owner, agentId, endpointUrl }: { owner: AgentOwner; agentId: string; endpointUrl: string },
    signal: AbortSignal,
  ): Promise<void> => {
    const draining = await drain(owner, agentId, endpointUrl);
    if (draining === undefined) return;
    deps.log.info('agent drains', { agent_id: agentId, owner, version: draining.version });
    await deps.wait(Math.max(0, draining.untilMs - deps.clock()), signal).catch((cause: unknown) => {
      throw new Failure('DEADLINE_EXCEEDED', `The last turns of agent ${agentId} are not over yet; try again.`, {
        cause,
      });
    });
    const isGone = await deps.agents.remove(owner, agentId, draining.version, storeSignal());
    if (isGone) deps.log.info('agent deregistered', { agent_id: agentId, owner });
    else deps.log.warn('agent left registered: it was registered again while it drained', { agent_id: agentId, owner });
  };
};
