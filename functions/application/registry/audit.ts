import type { AgentOwner } from '../agent-ports.ts';
import type { Log, Principal } from '../ports.ts';

export type AdministrativeAct = 'register' | 'replace' | 'change' | 'deregister' | 'probe' | 'replace_rules';

/** Leaves one line about what somebody did to an agent, or to an owner's rules: who, what, which version; no content. */
export const audit = (
  log: Log,
  { tenant, userId }: Principal,
  act: AdministrativeAct,
  { owner, agentId, version }: { readonly owner: AgentOwner; readonly agentId?: string; readonly version: number },
): void =>
  log.info('audit', {
    act,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    owner,
    version,
    tenant,
    user_id: userId,
  });
