import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeAgentStore } from '../adapters/dynamodb/registry/agent-store.ts';
import { agentCaller, chance, clock, endpointCheck, stopwatch } from './shared/dependencies.ts';
import { dispatch } from './shared/dispatch.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { httpReply } from './shared/http-reply.ts';
import { instrumented } from './shared/middleware.ts';
import { registrationOperations } from './shared/registration-operations.ts';
import { log } from './shared/telemetry.ts';

const environment = readEnvironment(RegistryEnvironment);

const guarded = registrationOperations({
  agents: makeAgentStore(makeDynamoClient(), environment.REGISTRY_TABLE, { log, clock, chance }),
  caller: agentCaller(environment),
  checkEndpoint: endpointCheck(environment),
  stage: environment.STAGE,
  clock,
  stopwatch,
  log,
});

/** Routes that register agents, change them, check them and take them away. */
export const handler = instrumented().handler((event: unknown) =>
  httpReply(event, (request) => dispatch({ guarded }, request, clock())),
);
