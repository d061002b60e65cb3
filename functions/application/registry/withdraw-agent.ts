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

const beingChanged = (agentId: string): Failure =>
  new Failure('VERSION_STALE', `Agent ${agentId} is being changed by others; try again.`);

/**
 * Deregisters an agent whose function is about to go: returns once its last turn is over. An agent that is no longer at
 * this endpoint has become somebody else's and is left alone.
 *
 * @throws Failure DEADLINE_EXCEEDED if `signal` aborts before the last turn is over
 */
export const makeWithdrawAgent = (deps: WithdrawAgentDependencies) => {
  /** Also of one that drains already: routers may not have heard. @returns until when; undefined if nothing is withdrawn */
  const drain = async (owner: AgentOwner, agentId: string, endpointUrl: string) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const present = await deps.agents.get(owner, agentId, storeSignal());
      if (present === undefined) return undefined;
      if (present.definition.endpointUrl !== endpointUrl) {
        deps.log.warn('agent left registered: it is at another endpoint now', { agent_id: agentId, owner });
        return undefined;
      }
      const untilMs = present.drainingUntilMs ?? drainedAtMs(present.definition.timeoutSeconds, deps.clock());
      const version = await deps.agents.drain(owner, agentId, present.version, untilMs, storeSignal());
      if (version === undefined) continue;
      deps.log.info('agent drains', { agent_id: agentId, owner, version });
      return untilMs;
    }
    throw beingChanged(agentId);
  };

  const remove = async (owner: AgentOwner, agentId: string, untilMs: number): Promise<void> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const present = await deps.agents.get(owner, agentId, storeSignal());
      // Who deregisters it again leaves it its end: with another one, or none, it is not the same registration.
      if (present !== undefined && present.drainingUntilMs !== untilMs) {
        deps.log.warn('agent left registered: it was registered again while it drained', { agent_id: agentId, owner });
        return;
      }
      const isGone =
        present === undefined || (await deps.agents.remove(owner, agentId, present.version, storeSignal()));
      if (!isGone) continue;
      deps.log.info('agent deregistered', { agent_id: agentId, owner });
      return;
    }
    throw beingChanged(agentId);
  };

  return async (
    { owner, agentId, endpointUrl }: { owner: AgentOwner; agentId: string; endpointUrl: string },
    signal: AbortSignal,
  ): Promise<void> => {
    const untilMs = await drain(owner, agentId, endpointUrl);
    if (untilMs === undefined) return;
    await deps.wait(Math.max(0, untilMs - deps.clock()), signal).catch((cause: unknown) => {
      const detail = `Agent ${agentId} may be at its last turns until ${new Date(untilMs).toISOString()}: try again then.`;
      throw new Failure('DEADLINE_EXCEEDED', detail, { cause });
    });
    await remove(owner, agentId, untilMs);
  };
};
