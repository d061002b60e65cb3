import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeAgentStore } from '../adapters/dynamodb/registry/agent-store.ts';
import { makeProbeAgent } from '../application/health/probe-agent.ts';
import { makeDeployAgent } from '../application/registry/deploy-agent.ts';
import { makeDeployBuiltInAgents } from '../application/registry/deploy-built-in-agents.ts';
import { makeWithdrawAgent } from '../application/registry/withdraw-agent.ts';
import { makeAgentResources } from './shared/agent-resources.ts';
import { answering } from './shared/custom-resource.ts';
import { agentCaller, chance, clock, profileMaker, stopwatch } from './shared/dependencies.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log } from './shared/telemetry.ts';
import { wait } from './shared/wait.ts';

const environment = readEnvironment(RegistryEnvironment);
const profiles = profileMaker();
const agents = makeAgentStore(makeDynamoClient(), environment.REGISTRY_TABLE, { log, clock, chance, profiles });
const probe = makeProbeAgent({ caller: agentCaller(environment), clock, stopwatch });
const deployAgent = makeDeployAgent({ agents, probe, clock, log });
const withdrawAgent = makeWithdrawAgent({ agents, clock, wait, log });
const deployBuiltInAgents = makeDeployBuiltInAgents({ deployAgent, withdrawAgent });

/** Custom resources: registers the agents of Switchboard's own stack and of teams' stacks, and withdraws them. */
export const handler = instrumented().handler(
  answering(makeAgentResources({ deployAgent, deployBuiltInAgents, withdrawAgent }), log),
);
