import * as z from 'zod';
import { AgentDefinition } from './agent.ts';
import { TenantId } from './ids.ts';

/**
 * How long CloudFormation waits for the registrar, in seconds: longer than that may run (900 s), so that its own answer
 * comes first. Any agent may drain as long as that, since its timeout can be changed at any time by the API.
 */
export const REGISTRAR_TIMEOUT_SECONDS = 960;

/**
 * The longest `timeout_seconds` of an agent that a stack deploys. Its removal waits in one run of the registrar, of at
 * most 900 s, until the agent's last turn is over: 11 s longer than the agent's timeout, and then it has to say so.
 */
export const MAX_FUNCTION_TIMEOUT_SECONDS = 870;

/** The definition of an agent that is a Lambda function of a stack. Only its function's role gives it access. */
export const FunctionAgentDefinition = AgentDefinition.superRefine((agent, context) => {
  const complain = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message, input: agent });
  if (!agent.endpointUrl.startsWith('arn:')) complain('endpoint_url', 'must be the ARN of a Lambda function');
  if (agent.healthCheckUrl !== undefined)
    complain('health_check_url', 'a Lambda function is checked where it is called');
  if (agent.credentials !== undefined) complain('credentials', 'a Lambda function takes none');
  if (agent.timeoutSeconds > MAX_FUNCTION_TIMEOUT_SECONDS)
    complain('timeout_seconds', `must be at most ${MAX_FUNCTION_TIMEOUT_SECONDS}`);
});

/** Whose a deployed agent is. */
export const DeployedOwner = z.union([z.literal('global'), TenantId]);
