import { randomBytes, randomInt } from 'node:crypto';
import type * as z from 'zod';
import { makeAgentCaller } from '../../adapters/agents/agent-caller.ts';
import { makeHttpAgents } from '../../adapters/agents/http-agents.ts';
import { makeAgentLambdaClient, makeLambdaAgents } from '../../adapters/agents/lambda-agents.ts';
import { makeCachedRegistry } from '../../adapters/cached-registry.ts';
import { makeAgentStore } from '../../adapters/dynamodb/agent-store.ts';
import { makeDynamoClient } from '../../adapters/dynamodb/client.ts';
import { makeTurnStore } from '../../adapters/dynamodb/turn-store.ts';
import { makeSqsClient, makeUndeliveredQueue } from '../../adapters/undelivered-queue.ts';
import { DELIVERY_POLICY } from '../../domain/delivery/delivery-policy.ts';
import type { TurnEnvironment } from './environment.ts';
import { log, measure } from './telemetry.ts';

const CHANCE_RANGE = 2 ** 47;

/** Uniform in [0, 1), unguessable: ids are made of it. */
export const chance = (): number => randomInt(CHANCE_RANGE) / CHANCE_RANGE;
export const clock = (): number => Date.now();
export const stopwatch = (): number => performance.now();
const mintId = (): string => randomBytes(12).toString('hex');

/** Calls agents; those on this machine's loopback address in the local stage alone. */
export const agentCaller = (stage: string) =>
  makeAgentCaller({
    lambda: makeLambdaAgents(makeAgentLambdaClient()),
    loopback: stage === 'local' ? makeHttpAgents() : undefined,
    log,
  });

export const cachedRegistry = (agents: ReturnType<typeof makeAgentStore>) =>
  makeCachedRegistry({ read: agents.ofOwner, clock, chance, log });

/** What router and worker need: everything that a turn's delivery touches. */
export const deliveryDependencies = (environment: z.output<typeof TurnEnvironment>) => {
  const client = makeDynamoClient();
  return {
    turns: makeTurnStore(client, {
      table: environment.CONVERSATIONS_TABLE,
      retentionDays: environment.RETENTION_DAYS,
    }),
    registry: cachedRegistry(makeAgentStore(client, environment.REGISTRY_TABLE, log)),
    caller: agentCaller(environment.STAGE),
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
