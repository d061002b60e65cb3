import { describe, expect, it } from 'vitest';
import type { AgentCaller, CallTarget } from '../../functions/application/agent-ports.ts';
import type { AgentRequest } from '../../functions/domain/contract/agent-protocol.ts';
import { ConversationId } from '../../functions/domain/contract/ids.ts';
import { role } from '../../functions/domain/contract/roles.ts';
import { NOON_MS, turnIdAt } from '../twins/samples.ts';

/** What the agent behind a caller does. */
export type AgentConduct = 'answers' | 'hands over' | 'fails' | 'is busy' | 'talks nonsense' | 'hangs' | 'is degraded';

export interface StagedAgent {
  readonly caller: AgentCaller;
  readonly agent: CallTarget;
}

export const ANSWER = { content: 'because 😀', status: 'partial', metadata: { snake_case: { a: [1, null] } } };
export const HANDOFF = { content: '', handoff: { agent_type: 'debugger', reason: 'it crashes' } };

export const agentRequestOf = (message: string): AgentRequest => ({
  message,
  conversationId: ConversationId.parse('conv_1'),
  conversationHistory: [],
  contextData: { keep_me: true },
  userPreferences: {},
  agentMetadata: {
    turnId: turnIdAt(NOON_MS),
    attempt: 1,
    deadlineMs: 1_000,
    senderAgent: 'user',
    messageType: 'user_query',
    role: role('debugger'),
    timestamp: new Date(NOON_MS).toISOString(),
  },
});

/** How every agent caller tells what an agent did. @param stage an agent of that conduct */
export const describeAgentCaller = (name: string, stage: (conduct: AgentConduct) => StagedAgent): void => {
  const call = (conduct: AgentConduct, signal = AbortSignal.timeout(5_000)) => {
    const { caller, agent } = stage(conduct);
    return caller.call(agent, agentRequestOf('why?'), signal);
  };
  const probe = (conduct: AgentConduct, signal = AbortSignal.timeout(5_000)) => {
    const { caller, agent } = stage(conduct);
    return caller.probe(agent, signal);
  };

  describe(`${name}: a call of an agent`, () => {
    it('brings its answer, whole', async () => {
      expect(await call('answers')).toEqual({ kind: 'answered', answer: ANSWER });
    });

    it('brings a handoff', async () => {
      expect(await call('hands over')).toEqual({
        kind: 'answered',
        answer: { content: '', handoff: { agentType: 'debugger', reason: 'it crashes' } },
      });
    });

    it.each([
      ['fails', 'failed'],
      ['talks nonsense', 'failed'],
      ['is busy', 'busy'],
    ] as const)('of one that %s is %s, with a reason that tells nothing internal', async (conduct, kind) => {
      const result = await call(conduct);
      expect(result).toMatchObject({ kind, reason: expect.any(String) });
      expect(JSON.stringify(result, ['kind', 'reason'])).not.toMatch(/secret|stack|arn:/);
    });

    it('of one that hangs ends with its signal', async () => {
      const startedMs = performance.now();
      expect(await call('hangs', AbortSignal.timeout(50))).toEqual({ kind: 'timed_out' });
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    });
  });

  describe(`${name}: a health check`, () => {
    it('brings what the agent says', async () => {
      expect(await probe('answers')).toEqual({ kind: 'replied', reply: { status: 'healthy' } });
      expect(await probe('is degraded')).toEqual({ kind: 'replied', reply: { status: 'degraded' } });
    });

    it.each(['fails', 'is busy', 'talks nonsense'] as const)('of one that %s says why', async (conduct) => {
      const result = await probe(conduct);
      expect(result).toMatchObject({ kind: 'failed', reason: expect.any(String) });
      expect(JSON.stringify(result, ['kind', 'reason'])).not.toMatch(/secret|stack|arn:/);
    });

    it('of one that hangs ends with its signal', async () => {
      expect(await probe('hangs', AbortSignal.timeout(50))).toMatchObject({
        kind: 'failed',
        reason: expect.stringMatching(/^no reply within [\d.]+ s$/),
      });
    });
  });
};
