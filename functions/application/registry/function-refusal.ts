import type { AgentDefinition } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import type { Principal } from '../ports.ts';
import { isOfPlatform } from './find-agent.ts';

/**
 * Why a principal may not register an agent at a Lambda function: Switchboard may invoke those of every tenant, and
 * nothing in an ARN says whose one is.
 *
 * @param present the definition that is there now: its own functions may stay
 * @returns undefined if it may
 */
export const functionRefusal = (
  principal: Principal,
  next: AgentDefinition,
  present?: AgentDefinition,
): Failure | undefined => {
  const isNewFunction = (url: string | undefined, before: string | undefined): boolean =>
    url !== before && url?.startsWith('arn:') === true;
  const isRefused =
    isNewFunction(next.endpointUrl, present?.endpointUrl) ||
    isNewFunction(next.healthCheckUrl, present?.healthCheckUrl);
  if (!isRefused || isOfPlatform(principal)) return undefined;
  return new Failure(
    'FORBIDDEN',
    'A Lambda function is registered by who has the scope platform, or by its own stack (docs/agent-function.md).',
  );
};
