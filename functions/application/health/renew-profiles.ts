import { isOfVersion } from '../../domain/routing/scoring/profile-name.ts';
import type { AgentStore, MonitoredAgent, ProfileMaker } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log } from '../ports.ts';

export interface RenewProfilesDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'put'>;
  readonly profiles: Pick<ProfileMaker, 'version'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Renews what it has time for. @returns how many; never rejects */
export type RenewProfiles = (agents: readonly MonitoredAgent[], untilMs: number) => Promise<number>;

/** The longest that one agent takes: 25 examples, and a store at its slowest. */
const RENEWAL_MS = 5_000;

/**
 * Makes profiles anew that another version made, or none: after a release with another model, and for agents that are older
 * than profiles. Each is a change of its agent that changes nothing else; whoever changes it at the same time does the same.
 */
export const makeRenewProfiles = ({ agents, profiles, clock, log }: RenewProfilesDependencies): RenewProfiles => {
  const renew = async ({ owner, card: { agentId }, version }: MonitoredAgent): Promise<boolean> => {
    const present = await agents.get(owner, agentId, storeSignal());
    if (present?.version !== version || present.drainingUntilMs !== null) return false;
    const { definition } = present;
    return (await agents.put(owner, definition, undefined, version, storeSignal())) !== undefined;
  };

  const renewAll: RenewProfiles = async (monitored, untilMs) => {
    const version = profiles.version();
    const stale = monitored.filter(
      ({ card, drainingUntilMs }) => drainingUntilMs === null && !isOfVersion(card.profile, version),
    );
    let renewed = 0;
    for (const agent of stale) {
      if (clock() > untilMs - RENEWAL_MS) break;
      const { owner, card } = agent;
      const isNew = await renew(agent).catch((cause: unknown) => {
        log.error('profile not renewed; the next run tries again', { agent_id: card.agentId, owner, cause });
        return false;
      });
      if (isNew) renewed += 1;
    }
    if (stale.length > 0) log.info('profiles renewed', { renewed, stale: stale.length });
    return renewed;
  };

  return (monitored, untilMs) =>
    renewAll(monitored, untilMs).catch((cause: unknown) => {
      log.error('profiles cannot be renewed', { cause });
      return 0;
    });
};
