import type { AgentCaller, CallResult } from '../../functions/application/ports.ts';
import type { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import type { AgentRequest, HealthReply } from '../../functions/domain/contract/agent-protocol.ts';

/** What an agent does with a call; `hang` never answers. */
export type Behaviour = CallResult | 'hang';
export type ProbeBehaviour = HealthReply['status'] | 'hang' | 'nonsense';

export interface AgentScript {
  readonly call?: (agent: AgentDefinition, request: AgentRequest) => Behaviour | Promise<Behaviour>;
  readonly probe?: (agent: AgentDefinition) => ProbeBehaviour;
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

export const answerOf = (content: string): CallResult => ({ kind: 'answered', answer: { content } });

/** In-memory twin of the agents; without a script each says its id and repeats the message. */
export const makeMemoryAgentCaller = (script: AgentScript = {}): MemoryAgentCaller => {
  const calls: { agentId: string; request: AgentRequest }[] = [];
  const call = script.call ?? ((agent, request) => answerOf(`${agent.agentId}: ${request.message}`));
  return {
    calls,
    call: async (agent, request, signal) => {
      calls.push({ agentId: agent.agentId, request: structuredClone(request) });
      const behaviour = await call(agent, request);
      if (behaviour !== 'hang') return behaviour;
      await aborted(signal);
      return { kind: 'timed_out' };
    },
    probe: async (agent, signal) => {
      const behaviour = script.probe?.(agent) ?? 'healthy';
      if (behaviour === 'nonsense') return undefined;
      if (behaviour !== 'hang') return { status: behaviour };
      await aborted(signal);
      return undefined;
    },
  };
};
