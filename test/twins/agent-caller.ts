import type { AgentCaller, CallResult, ProbeResult } from '../../functions/application/agent-ports.ts';
import type { RoutingCard } from '../../functions/domain/contract/agent.ts';
import type { AgentRequest, HealthReply } from '../../functions/domain/contract/agent-protocol.ts';

/** What an agent does with a call; `hang` never answers. */
export type Behaviour = CallResult | 'hang';
export type ProbeBehaviour = HealthReply['status'] | 'hang' | 'nonsense';

export interface AgentScript {
  readonly call?: (agent: RoutingCard, request: AgentRequest) => Behaviour | Promise<Behaviour>;
  readonly probe?: (agent: RoutingCard) => ProbeBehaviour;
}

export interface MemoryAgentCaller extends AgentCaller {
  /** Every call so far, as it was asked. */
  readonly calls: readonly { readonly agentId: string; readonly request: AgentRequest }[];
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const unwell = (reason: string): ProbeResult => ({ kind: 'failed', reason, cause: undefined });

export const answerOf = (content: string): CallResult => ({ kind: 'answered', answer: { content } });

/** In-memory twin of the agents; without a script each says its id and repeats the message. */
export const makeMemoryAgentCaller = (script: AgentScript = {}): MemoryAgentCaller => {
  const calls: { agentId: string; request: AgentRequest }[] = [];
  const call = script.call ?? ((agent, request) => answerOf(`${agent.agentId}: ${request.message}`));
  return {
    calls,
    call: async ({ definition }, request, signal) => {
      calls.push({ agentId: definition.agentId, request: structuredClone(request) });
      const behaviour = await call(definition, request);
      if (behaviour !== 'hang') return behaviour;
      await aborted(signal);
      return { kind: 'timed_out' };
    },
    probe: async ({ definition }, signal) => {
      const behaviour = script.probe?.(definition) ?? 'healthy';
      if (behaviour === 'nonsense') return unwell('the reply is not a health reply');
      if (behaviour !== 'hang') return { kind: 'replied', reply: { status: behaviour } };
      await aborted(signal);
      return unwell('no reply within 5 s');
    },
  };
};
