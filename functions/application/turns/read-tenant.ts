import type { TenantId } from '../../domain/contract/ids.ts';
import type { RoutingInput } from '../../domain/routing/routing-input.ts';
import type { CompareMessage } from '../../domain/routing/scoring/compare-profiles.ts';
import type { Registry, RoutableAgent } from '../agent-ports.ts';
import type { CircuitBreaker } from '../circuits/circuit-breaker.ts';
import { storeSignal } from '../deadlines.ts';
import type { TenantRules } from '../ports.ts';
import type { CompareAgents } from './compare-agents.ts';

export interface ReadTenantDependencies {
  readonly registry: Registry & TenantRules;
  readonly breaker: CircuitBreaker;
  readonly compareAgents: CompareAgents;
}

/** What a tenant's messages are routed by. */
export interface TenantRouting {
  readonly agents: readonly RoutableAgent[];
  readonly rules: RoutingInput['rules'];
  readonly compare: CompareMessage;
}

/** Reads what this instance does not know already, and brings its circuits up to date. @throws Failure STORE_UNAVAILABLE */
export const makeReadTenant =
  ({ registry, breaker, compareAgents }: ReadTenantDependencies) =>
  async (tenant: TenantId): Promise<TenantRouting> => {
    const listAgents = async () => {
      const agents = await registry.agents(tenant, storeSignal());
      return { agents, compare: await compareAgents(agents, storeSignal()) };
    };
    const [listed, rules] = await Promise.all([
      listAgents(),
      registry.rules(tenant, storeSignal()),
      breaker.refresh(tenant),
    ]);
    return { ...listed, rules };
  };
