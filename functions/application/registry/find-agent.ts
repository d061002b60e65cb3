import type { Visibility } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import type { AgentId } from '../../domain/contract/ids.ts';
import type { AgentOwner, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Principal } from '../ports.ts';

export interface FindAgentDependencies {
  readonly agents: Pick<AgentStore, 'get'>;
  readonly clock: Clock;
}

/** Which agent is meant. */
export interface AgentName {
  readonly agentId: AgentId;
  /** @default - the tenant's own; to see one, otherwise the global one */
  readonly visibility?: Visibility | undefined;
}

/** Scope that it takes to write agents at all, and the one for those of all tenants. */
const WRITE = 'agents:write';
const PLATFORM = 'platform';

export const ownerOf = ({ tenant }: Principal, visibility: Visibility = 'tenant'): AgentOwner =>
  visibility === 'global' ? 'global' : tenant;

export const visibilityOf = (owner: AgentOwner): Visibility => (owner === 'global' ? 'global' : 'tenant');

/** Whether a principal acts for all tenants. */
export const isOfPlatform = ({ scopes }: Principal): boolean => scopes.has(PLATFORM);

/** Whether a principal may change the agents of `owner`. */
export const mayChange = (principal: Principal, owner: AgentOwner): boolean =>
  principal.scopes.has(WRITE) && (owner === 'global' ? isOfPlatform(principal) : owner === principal.tenant);

/** Nobody changes all tenants' agent by accident: such as with a DELETE that is sent again when the own one is gone. */
const globalOnly = (agentId: AgentId): Failure =>
  new Failure(
    'FORBIDDEN',
    `${agentId} is a global agent: changing it needs ?visibility=global and the scope ${PLATFORM}.`,
  );

export const forbidden = (): Failure =>
  new Failure('FORBIDDEN', `The token lacks the scope ${PLATFORM}: it takes that to change what all tenants use.`);

/** Whether a deregistered agent's time is over: it is gone for everybody, though its record may still be there. */
export const isGone = ({ drainingUntilMs }: RegisteredAgent, nowMs: number): boolean =>
  drainingUntilMs !== null && drainingUntilMs <= nowMs;

const notFound = (agentId: AgentId): Failure => new Failure('AGENT_NOT_FOUND', `There is no agent ${agentId}.`);

const deregistered = (agentId: AgentId): Failure =>
  new Failure('AGENT_NOT_FOUND', `Agent ${agentId} has been deregistered; POST /v1/agents registers it anew.`);

const makeGetAgent =
  ({ agents, clock }: FindAgentDependencies) =>
  async (owner: AgentOwner, agentId: AgentId): Promise<RegisteredAgent | undefined> => {
    const agent = await agents.get(owner, agentId, storeSignal());
    return agent === undefined || isGone(agent, clock()) ? undefined : agent;
  };

/** Finds an agent that a principal sees, one that drains included. @throws Failure AGENT_NOT_FOUND */
export const makeFindAgent = (deps: FindAgentDependencies) => {
  const get = makeGetAgent(deps);
  return async (principal: Principal, { agentId, visibility }: AgentName): Promise<RegisteredAgent> => {
    const owners: readonly AgentOwner[] =
      visibility === undefined ? [principal.tenant, 'global'] : [ownerOf(principal, visibility)];
    const found = await Promise.all(owners.map((owner) => get(owner, agentId)));
    const agent = found.find((candidate) => candidate !== undefined);
    if (agent === undefined) throw notFound(agentId);
    return agent;
  };
};

/**
 * Finds an agent that a principal may change, one that drains included: the tenant's own unless the name says `global`.
 * @throws Failure AGENT_NOT_FOUND, FORBIDDEN
 */
export const makeFindChangeable = (deps: FindAgentDependencies) => {
  const get = makeGetAgent(deps);
  return async (principal: Principal, { agentId, visibility }: AgentName): Promise<RegisteredAgent> => {
    const owner = ownerOf(principal, visibility);
    const agent = await get(owner, agentId);
    if (agent === undefined && owner !== 'global' && (await get('global', agentId)) !== undefined)
      throw globalOnly(agentId);
    if (agent === undefined) throw notFound(agentId);
    if (!mayChange(principal, owner)) throw forbidden();
    return agent;
  };
};

/** Finds an agent to change it. @throws Failure AGENT_NOT_FOUND, also for one that drains; FORBIDDEN */
export const makeFindLive = (deps: FindAgentDependencies) => {
  const find = makeFindChangeable(deps);
  return async (principal: Principal, name: AgentName): Promise<RegisteredAgent> => {
    const agent = await find(principal, name);
    if (agent.drainingUntilMs !== null) throw deregistered(name.agentId);
    return agent;
  };
};
