import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeAgentStore } from '../adapters/dynamodb/registry/agent-store.ts';
import { makeRuleStore } from '../adapters/dynamodb/registry/rule-store.ts';
import { loadLinearRegex } from '../adapters/linear-regex.ts';
import { agentCaller, chance, clock, endpointCheck, profileMaker, stopwatch } from './shared/dependencies.ts';
import { dispatch } from './shared/dispatch.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { httpReply } from './shared/http-reply.ts';
import { instrumented } from './shared/middleware.ts';
import { registrationOperations } from './shared/registration-operations.ts';
import { ruleChangeOperations } from './shared/rule-operations.ts';
import { log } from './shared/telemetry.ts';

const environment = readEnvironment(RegistryEnvironment);

const client = makeDynamoClient();
const registry = environment.REGISTRY_TABLE;
const agents = makeAgentStore(client, registry, { log, clock, chance, profiles: profileMaker() });

const registration = registrationOperations({
  agents,
  caller: agentCaller(environment),
  checkEndpoint: endpointCheck(environment),
  stage: environment.STAGE,
  clock,
  stopwatch,
  log,
});

const rules = ruleChangeOperations({
  agents,
  rules: makeRuleStore(client, registry, { log, clock, chance }),
  loadRegex: loadLinearRegex,
  clock,
  log,
});

/** Routes that register agents, change them, check them and take them away, and the one that changes routing rules. */
export const handler = instrumented().handler((event: unknown) =>
  httpReply(event, (request) => dispatch({ guarded: { ...registration, ...rules } }, request, clock())),
);
