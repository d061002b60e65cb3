import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeMeasurementStore } from '../adapters/dynamodb/measurements/measurement-store.ts';
import { makeAgentStore } from '../adapters/dynamodb/registry/agent-store.ts';
import { makeMonitorAgents } from '../application/health/monitor-agents.ts';
import { makeProbeAgent } from '../application/health/probe-agent.ts';
import { makeRenewProfiles } from '../application/health/renew-profiles.ts';
import { agentCaller, chance, clock, profileMaker, stopwatch } from './shared/dependencies.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log, measure } from './shared/telemetry.ts';

const environment = readEnvironment(RegistryEnvironment);
const client = makeDynamoClient();
const profiles = profileMaker();
const agents = makeAgentStore(client, environment.REGISTRY_TABLE, { log, clock, chance, profiles });

/** Kept free to print what was measured. */
const MARGIN_MS = 1_000;

const monitorAgents = makeMonitorAgents({
  agents,
  measurements: makeMeasurementStore(client, environment.REGISTRY_TABLE, log),
  probe: makeProbeAgent({ caller: agentCaller(environment), clock, stopwatch }),
  renewProfiles: makeRenewProfiles({ agents, profiles, clock, log }),
  clock,
  measure,
  log,
});

/** Runs every minute: checks every agent's health and adds up what routers measured. */
export const handler = instrumented().handler(async (_event: unknown, context) => ({
  probed: await monitorAgents(clock() + context.getRemainingTimeInMillis() - MARGIN_MS),
}));
