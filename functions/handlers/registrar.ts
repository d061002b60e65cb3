import * as z from 'zod';
import { makeAgentStore } from '../adapters/dynamodb/agent-store.ts';
import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeRegisterBuiltInAgents } from '../application/register-built-in-agents.ts';
import { AgentDefinition } from '../domain/contract/agent.ts';
import { agentCaller, clock, stopwatch } from './shared/dependencies.ts';
import { RegistryEnvironment, readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log } from './shared/telemetry.ts';

const environment = readEnvironment(RegistryEnvironment);

const registerBuiltInAgents = makeRegisterBuiltInAgents({
  agents: makeAgentStore(makeDynamoClient(), environment.REGISTRY_TABLE, log),
  caller: agentCaller(environment.STAGE),
  clock,
  stopwatch,
  log,
});

const CustomResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  ResourceProperties: z.object({ Agents: z.string() }),
});
type CustomResourceEvent = z.output<typeof CustomResourceEvent>;

const RESPONSE_TIMEOUT_MS = 10_000;

const run = async ({ RequestType, ResourceProperties }: CustomResourceEvent) => {
  // Deleting the stack keeps the registry: it is in a stack of its own.
  if (RequestType === 'Delete') return { Status: 'SUCCESS' };
  try {
    const definitions = z.array(AgentDefinition).parse(JSON.parse(ResourceProperties.Agents));
    await registerBuiltInAgents(definitions);
    return { Status: 'SUCCESS' };
  } catch (cause) {
    log.error('built-in agents not registered', { cause });
    return { Status: 'FAILED', Reason: 'The built-in agents could not be registered; see the log of the registrar.' };
  }
};

/** Custom resource: registers the built-in agents at deployment and tells CloudFormation how it went. */
export const handler = instrumented().handler(async (event: unknown) => {
  const request = CustomResourceEvent.parse(event);
  const outcome = await run(request);
  const { StackId, RequestId, LogicalResourceId } = request;
  const response = await fetch(request.ResponseURL, {
    method: 'PUT',
    // CloudFormation's pre-signed URL is signed without a content type.
    headers: { 'content-type': '' },
    body: JSON.stringify({ ...outcome, PhysicalResourceId: 'built-in-agents', StackId, RequestId, LogicalResourceId }),
    signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the response was not taken: ${response.status}`);
});
