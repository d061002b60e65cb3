import type { AgentCaller, Log } from '../../application/ports.ts';

export interface AgentTransports {
  readonly lambda: AgentCaller;
  /** Present where HTTP agents on this machine's loopback address may be called: the local stage. */
  readonly loopback?: AgentCaller | undefined;
  readonly log: Log;
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1(:\d{1,5})?(\/|$)/;

/** Calls each agent over the transport that its endpoint names; an endpoint that none may reach is rejected. */
export const makeAgentCaller = ({ lambda, loopback, log }: AgentTransports): AgentCaller => {
  const transportTo = (url: string): AgentCaller | undefined => {
    if (url.startsWith('arn:')) return lambda;
    return LOOPBACK.test(url) ? loopback : undefined;
  };

  return {
    call: async (agent, request, signal) =>
      transportTo(agent.endpointUrl)?.call(agent, request, signal) ?? {
        kind: 'rejected',
        reason: 'the endpoint is not allowed',
        cause: agent.endpointUrl,
      },

    probe: async (agent, signal) => {
      try {
        return await transportTo(agent.healthCheckUrl ?? agent.endpointUrl)?.probe(agent, signal);
      } catch (cause) {
        log.warn('health check failed', { agent_id: agent.agentId, cause });
        return undefined;
      }
    },
  };
};
