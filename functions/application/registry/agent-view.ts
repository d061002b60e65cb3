import type { AgentView } from '../../domain/contract/agent.ts';
import type { RegisteredAgent } from '../agent-ports.ts';
import type { Principal } from '../ports.ts';
import { mayChange, visibilityOf } from './find-agent.ts';

/** When an agent that drains is gone, as replies say it. */
export const drainingUntilOf = ({ drainingUntilMs }: RegisteredAgent): { drainingUntil?: string } =>
  drainingUntilMs === null ? {} : { drainingUntil: new Date(drainingUntilMs).toISOString() };

/** An agent as a principal sees it: how it is reached, only if they may change that. */
export const agentViewOf = (principal: Principal, agent: RegisteredAgent): AgentView => {
  const { endpointUrl, healthCheckUrl, credentials, ...shown } = agent.definition;
  const reach = {
    endpointUrl,
    ...(healthCheckUrl === undefined ? {} : { healthCheckUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  return {
    ...shown,
    visibility: visibilityOf(agent.owner),
    health: agent.state.health,
    version: agent.version,
    ...drainingUntilOf(agent),
    ...(mayChange(principal, agent.owner) ? reach : {}),
  };
};
