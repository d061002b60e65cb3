import type * as z from 'zod';
import type { CallResult } from '../../application/ports.ts';
import { AgentAnswer, HealthReply } from '../../domain/contract/agent-protocol.ts';

const parse = <T extends z.ZodType>(schema: T, text: string) => {
  try {
    return schema.safeDecode(JSON.parse(text) as never);
  } catch (error) {
    return { success: false as const, error };
  }
};

/** Reads what an agent said: an answer, or something that is none. */
export const readAnswer = (text: string): CallResult => {
  const answer = parse(AgentAnswer, text);
  return answer.success
    ? { kind: 'answered', answer: answer.data }
    : { kind: 'failed', reason: 'the agent sent something that is not an answer', cause: answer.error };
};

/** Reads a health reply; undefined if it is none. */
export const readHealth = (text: string): HealthReply | undefined => {
  const health = parse(HealthReply, text);
  return health.success ? health.data : undefined;
};

/** What a health check sends. */
export const HEALTH_CHECK = JSON.stringify({ message_type: 'health_check' });
