import { secretProblem } from '../../domain/access/secret-name.ts';
import type { AgentDefinition } from '../../domain/contract/agent.ts';
import type { FieldError } from '../../domain/contract/failures.ts';
import { invalidFields } from '../../domain/contract/parse-input.ts';
import { UNCHECKED } from '../../domain/health/health.ts';
import type { AgentOwner, AgentState, EndpointCheck } from '../agent-ports.ts';
import { makeProbeAgent, type ProbeAgentDependencies } from '../health/probe-agent.ts';

export interface CheckDefinitionDependencies extends ProbeAgentDependencies {
  readonly checkEndpoint: EndpointCheck;
  readonly stage: string;
}

/** The longest that checking one URL may take: names are looked up. */
const ENDPOINT_TIMEOUT_MS = 3_000;

const endpointFields = ({ endpointUrl, healthCheckUrl }: AgentDefinition): readonly (readonly [string, string])[] => [
  ['endpoint_url', endpointUrl],
  ...(healthCheckUrl === undefined ? [] : [['health_check_url', healthCheckUrl] as const]),
];

/** Checks how an agent is reached: where it is, with whose secret, and whether it answers there. */
export const makeCheckDefinition = (deps: CheckDefinitionDependencies) => {
  const probe = makeProbeAgent(deps);

  const checkEndpoints = async (definition: AgentDefinition): Promise<readonly FieldError[]> => {
    const problems = await Promise.all(
      endpointFields(definition).map(async ([path, url]) => {
        const message = await deps.checkEndpoint(url, AbortSignal.timeout(ENDPOINT_TIMEOUT_MS));
        return message === undefined ? [] : [{ path, message }];
      }),
    );
    return problems.flat();
  };

  const checkCredentials = (
    owner: AgentOwner,
    { credentials, endpointUrl }: AgentDefinition,
  ): readonly FieldError[] => {
    if (credentials === undefined) return [];
    const message = secretProblem({ secret: credentials.secret, owner, endpointUrl, stage: deps.stage });
    return message === undefined ? [] : [{ path: 'credentials.secret', message }];
  };

  return {
    /** @throws Failure INVALID_REQUEST if the agent must not be called there or so */
    reach: async (owner: AgentOwner, definition: AgentDefinition): Promise<void> => {
      const endpoints = await checkEndpoints(definition);
      // A secret is bound to the endpoint's host, so that has to be one first.
      const fields = endpoints.length > 0 ? endpoints : checkCredentials(owner, definition);
      if (fields.length > 0) throw invalidFields(fields);
    },

    /** What is known of an agent after its first check. @throws Failure INVALID_REQUEST if it failed that */
    health: async (owner: AgentOwner, definition: AgentDefinition): Promise<AgentState> => {
      const { state, reason, field } = await probe({ owner, definition }, UNCHECKED);
      const path = field ?? (definition.healthCheckUrl === undefined ? 'endpoint_url' : 'health_check_url');
      if (reason !== null) throw invalidFields([{ path, message: reason }]);
      return state;
    },
  };
};
