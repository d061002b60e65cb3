import type { AgentCaller } from '../../application/agent-ports.ts';
import { unwell } from './answer.ts';

export interface AgentTransports {
  readonly lambda: AgentCaller;
  readonly http: AgentCaller;
}

/** Calls each agent over the transport that its endpoint names, and checks its health where that is to be asked. */
export const makeAgentCaller = ({ lambda, http }: AgentTransports): AgentCaller => {
  const transportTo = (endpoint: string): AgentCaller => (endpoint.startsWith('arn:') ? lambda : http);
  return {
    call: async (target, request, signal) => {
      try {
        return await transportTo(target.definition.endpointUrl).call(target, request, signal);
      } catch (cause) {
        return { kind: 'rejected', reason: 'the agent could not be called', cause };
      }
    },
    probe: async (target, signal) => {
      const { healthCheckUrl, endpointUrl } = target.definition;
      try {
        return await transportTo(healthCheckUrl ?? endpointUrl).probe(target, signal);
      } catch (cause) {
        return unwell('the health check could not be made', cause);
      }
    },
  };
};
