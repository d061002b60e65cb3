import type * as z from 'zod';
import type { CallResult } from '../../application/ports.ts';
import { AgentAnswer, HealthReply } from '../../domain/contract/agent-protocol.ts';

/** What is wrong with a text, without quoting it: logs must not hold what agents say. */
const outline = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join('.') || 'the whole'}: ${code}`)
    .join('; ');

const parse = <T extends z.ZodType>(schema: T, text: string) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `not JSON, ${text.length} characters` };
  }
  const parsed = schema.safeDecode(value as never);
  return parsed.success ? { value: parsed.data } : { problem: outline(parsed.error) };
};

/** Reads what an agent said: an answer, or something that is none. */
export const readAnswer = (text: string): CallResult => {
  const { value: answer, problem } = parse(AgentAnswer, text);
  return answer === undefined
    ? { kind: 'failed', reason: 'the agent sent something that is not an answer', cause: problem }
    : { kind: 'answered', answer };
};

/** Reads a health reply; undefined if it is none. */
export const readHealth = (text: string): HealthReply | undefined => parse(HealthReply, text).value;

/** What a health check sends. */
export const HEALTH_CHECK = JSON.stringify({ message_type: 'health_check' });
