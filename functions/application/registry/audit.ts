import type { AgentOwner } from '../agent-ports.ts';
import type { Log, Principal } from '../ports.ts';

export type AdministrativeAct = 'register' | 'replace' | 'change' | 'deregister' | 'probe';

/** Leaves one line about what somebody did to an agent: who, what, which version; nothing of its definition. */
export const audit = (
  log: Log,
  { tenant, userId }: Principal,
  act: AdministrativeAct,
  agent: { readonly owner: AgentOwner; readonly agentId: string; readonly version: number },
): void =>
  log.info('audit', {
    act,
    agent_id: agent.agentId,
    owner: agent.owner,
    version: agent.version,
    tenant,
    user_id: userId,
  });
