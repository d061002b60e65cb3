import { randomBytes, randomInt } from 'node:crypto';
import type * as z from 'zod';
import { makeAgentCaller } from '../../adapters/agents/agent-caller.ts';
import { makeEndpointCheck } from '../../adapters/agents/endpoint-check.ts';
import { makeEndpointGuard } from '../../adapters/agents/endpoint-guard.ts';
import { makeHttpAgents } from '../../adapters/agents/http-agents.ts';
import { makeAgentLambdaClient, makeLambdaAgents } from '../../adapters/agents/lambda-agents.ts';
import { makeResolveName } from '../../adapters/agents/resolve-name.ts';
import { makeCachedRegistry } from '../../adapters/cached-registry.ts';
import { makeCircuitStore } from '../../adapters/dynamodb/circuits/circuit-store.ts';
import { makeDynamoClient } from '../../adapters/dynamodb/client.ts';
import { makeMeasurementStore } from '../../adapters/dynamodb/measurements/measurement-store.ts';
import { makeProfileReader } from '../../adapters/dynamodb/registry/profile-items.ts';
import { makeRuleSets } from '../../adapters/dynamodb/registry/rule-sets.ts';
import { makeSnapshotReader } from '../../adapters/dynamodb/registry/snapshot-reader.ts';
import { makeTurnStore } from '../../adapters/dynamodb/turns/turn-store.ts';
import { loadLinearRegex } from '../../adapters/linear-regex.ts';
import { makeProfileMaker } from '../../adapters/profile-maker.ts';
import { loadRoutingModel } from '../../adapters/routing-model.ts';
import { makeRuleReading } from '../../adapters/rule-reading.ts';
import { makeSecrets, makeSecretsClient } from '../../adapters/secrets.ts';
import { makeSqsClient, makeUndeliveredQueue } from '../../adapters/undelivered-queue.ts';
import { makeCircuitBreaker } from '../../application/circuits/circuit-breaker.ts';
import { makeCallMeter } from '../../application/health/call-meter.ts';
import { makeCompareAgents } from '../../application/turns/compare-agents.ts';
import { makeLocalCalls } from '../../application/turns/local-calls.ts';
import { rememberIntent } from '../../application/turns/remember-intent.ts';
import { ROLES } from '../../domain/contract/roles.ts';
import { DELIVERY_POLICY } from '../../domain/delivery/delivery-policy.ts';
import { compilePhrases } from '../../domain/routing/rules/phrase-rules.ts';
import { ROUTING_POLICY } from '../../domain/routing/scoring/policy.ts';
import type { CallEnvironment, DeliveryEnvironment } from './environment.ts';
import { log, measure } from './telemetry.ts';

/** The routing model stands beside the bundle (lib/constructs/bundle.ts). */
const MODEL = new URL('./model/', import.meta.url);

const CHANCE_RANGE = 2 ** 47;

/** Uniform in [0, 1), unguessable: ids are made of it. */
export const chance = (): number => randomInt(CHANCE_RANGE) / CHANCE_RANGE;
export const clock = (): number => Date.now();
export const stopwatch = (): number => performance.now();
const mintId = (): string => randomBytes(12).toString('hex');

const endpointGuard = ({ STAGE, AGENT_HOSTS }: CallEnvironment) =>
  makeEndpointGuard({ allowsLoopback: STAGE === 'local', allowedHosts: AGENT_HOSTS, resolve: makeResolveName() });

/** Calls agents; those on this machine's loopback address in the local stage alone. */
export const agentCaller = (environment: CallEnvironment) =>
  makeAgentCaller({
    lambda: makeLambdaAgents(makeAgentLambdaClient()),
    http: makeHttpAgents({
      guard: endpointGuard(environment),
      secrets: makeSecrets(makeSecretsClient(), { clock, log }),
      stage: environment.STAGE,
      clock,
    }),
  });

/** Says whether an agent may be registered at a URL. */
export const endpointCheck = (environment: CallEnvironment) => makeEndpointCheck(endpointGuard(environment));

/** Makes the profiles of agents that are registered or changed. */
export const profileMaker = () => makeProfileMaker(MODEL);

/** What router and worker need: everything that a turn's delivery touches. */
export const deliveryDependencies = (environment: z.output<typeof DeliveryEnvironment>) => {
  const client = makeDynamoClient();
  const registryTable = environment.REGISTRY_TABLE;
  const snapshots = makeSnapshotReader(client, registryTable, { chance, log });
  const sets = makeRuleSets(client, registryTable, { chance, log });
  const readRules = makeRuleReading({ sets, loadRegex: loadLinearRegex, log, measure });
  const profiles = makeProfileReader(client, registryTable);
  const { readIntent, compareProfiles } = loadRoutingModel(MODEL);
  return {
    turns: makeTurnStore(client, {
      table: environment.CONVERSATIONS_TABLE,
      retentionDays: environment.RETENTION_DAYS,
    }),
    registry: makeCachedRegistry({ snapshots, readRules, builtInRules: compilePhrases(ROLES), clock, chance, log }),
    breaker: makeCircuitBreaker({ circuits: makeCircuitStore(client, registryTable), clock, measure, log }),
    meter: makeCallMeter({ store: makeMeasurementStore(client, registryTable, log), instance: mintId(), clock, log }),
    caller: agentCaller(environment),
    calls: makeLocalCalls(),
    readIntent: rememberIntent(readIntent),
    compareAgents: makeCompareAgents({ profiles, compareProfiles, clock, log }),
    routingPolicy: ROUTING_POLICY,
    supervision: { mode: environment.SUPERVISOR_MODE, timeoutMs: environment.SUPERVISOR_TIMEOUT_MS },
    queue: makeUndeliveredQueue(makeSqsClient(), environment.UNDELIVERED_QUEUE_URL),
    clock,
    stopwatch,
    chance,
    mintId,
    policy: DELIVERY_POLICY,
    measure,
    log,
  };
};
