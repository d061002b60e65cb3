import { makeAgentStore } from '../adapters/dynamodb/agent-store.ts';
import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeMonitorAgents } from '../application/monitor-agents.ts';
import { agentCaller, clock, stopwatch } from './shared/dependencies.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log, measure } from './shared/telemetry.ts';

const environment = readEnvironment(RegistryEnvironment);

const monitorAgents = makeMonitorAgents({
  agents: makeAgentStore(makeDynamoClient(), environment.REGISTRY_TABLE, log),
  caller: agentCaller(environment.STAGE),
  clock,
  stopwatch,
  measure,
  log,
});

/** Runs every minute: checks every agent's health. */
export const handler = instrumented().handler(async () => ({ probed: await monitorAgents() }));
