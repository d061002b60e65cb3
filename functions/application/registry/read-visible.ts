import { visibleAgents } from '../../domain/registry/visible-agents.ts';
import type { AgentOwner, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock } from '../ports.ts';
import { isGone } from './find-agent.ts';

export interface ReadVisibleDependencies {
  readonly agents: Pick<AgentStore, 'ofOwner'>;
  readonly clock: Clock;
}

/** The agents on record of these owners, read consistently; those that drain included until they are gone. */
export const makeReadOwned =
  ({ agents, clock }: ReadVisibleDependencies) =>
  async (owners: readonly AgentOwner[]): Promise<readonly RegisteredAgent[]> => {
    const found = await Promise.all([...new Set(owners)].map((owner) => agents.ofOwner(owner, storeSignal())));
    const nowMs = clock();
    return found.flat().filter((agent) => !isGone(agent, nowMs));
  };

/** The agents that `owner` sees and that get turns, by id: those that others may name. */
export const makeReadVisible = (deps: ReadVisibleDependencies) => {
  const readOwned = makeReadOwned(deps);
  return async (owner: AgentOwner): Promise<ReadonlyMap<string, RegisteredAgent>> => {
    const agents = await readOwned([owner, 'global']);
    return visibleAgents(
      owner,
      agents.filter(({ drainingUntilMs }) => drainingUntilMs === null),
    );
  };
};
