import type { AgentCaller } from '../../application/agent-ports.ts';
import { untilAborted } from '../until-aborted.ts';
import { noReplySince, unwell } from './answer.ts';

export interface AgentTransports {
  readonly lambda: AgentCaller;
  readonly http: AgentCaller;
}

/**
 * Calls each agent over the transport that its endpoint names, and checks its health where that is to be asked. Neither
 * outlasts its signal, whatever a server makes of the transport.
 */
export const makeAgentCaller = ({ lambda, http }: AgentTransports): AgentCaller => {
  const transportTo = (endpoint: string): AgentCaller => (endpoint.startsWith('arn:') ? lambda : http);
  return {
    call: async (target, request, signal) => {
      try {
        return await untilAborted(transportTo(target.definition.endpointUrl).call(target, request, signal), signal);
      } catch (cause) {
        if (signal.aborted) return { kind: 'timed_out' };
        return { kind: 'rejected', reason: 'the agent could not be called', cause };
      }
    },
    probe: async (target, signal) => {
      const { healthCheckUrl, endpointUrl } = target.definition;
      const startedMs = performance.now();
      try {
        return await untilAborted(transportTo(healthCheckUrl ?? endpointUrl).probe(target, signal), signal);
      } catch (cause) {
        return signal.aborted ? noReplySince(startedMs) : unwell('the health check could not be made', cause);
      }
    },
  };
};
